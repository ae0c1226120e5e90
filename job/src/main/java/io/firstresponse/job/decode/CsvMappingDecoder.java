package io.firstresponse.job.decode;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.mapping.JqProgram;
import java.util.ArrayList;
import java.util.List;

/** Gives a mapping each CSV record as an object of texts, with the names of the header as keys. */
public final class CsvMappingDecoder extends CsvRecordDecoder {

  private final MappedRecords records;
  private List<String> names = List.of();

  /**
   * @param delimiter an ASCII character other than the quote and the line ends
   */
  public CsvMappingDecoder(
      MessageFields fields, FutureGuard futureGuard, JqProgram program, byte delimiter) {
    super(fields, futureGuard, delimiter);
    this.records = new MappedRecords(program, fields);
  }

  /** The records report what the program has made. */
  @Override
  void observe(DecodeObserver by) {
    records.observe(by);
  }

  @Override
  void readNames(byte[] bytes, int from, int to) throws Unusable {
    List<String> found = new ArrayList<>();
    for (int at = from; at <= to; ) {
      at = readField(bytes, at, to) + 1;
      String name = text(bytes);
      if (found.contains(name)) {
        throw namedTwice(name);
      }
      found.add(name);
    }
    names = found;
  }

  @Override
  Received readRecord(byte[] bytes, int from, int to) throws Unusable {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    int column = 0;
    for (int at = from; at <= to; column++) {
      at = readField(bytes, at, to) + 1;
      if (column < names.size()) {
        row.put(names.get(column), text(bytes));
      }
    }
    requireFields(column, names.size());
    return records.received(row, this::check);
  }
}
