package io.firstresponse.job.decode;

import io.firstresponse.job.domain.Received;
import io.firstresponse.job.mapping.JqProgram;

/** Reads records that are JSON values of any shape, and makes messages of each by a mapping. */
public final class MappingDecoder extends RecordDecoder {

  private final MappedRecords records;

  public MappingDecoder(MessageFields fields, FutureGuard futureGuard, JqProgram program) {
    super(fields, futureGuard);
    this.records = new MappedRecords(program, fields);
  }

  /** The records report what the program has made. */
  @Override
  void observe(DecodeObserver by) {
    records.observe(by);
  }

  @Override
  Received read(byte[] bytes, int from, int to) throws Unusable {
    return records.received(JsonTrees.read(bytes, from, to), this::check);
  }
}
