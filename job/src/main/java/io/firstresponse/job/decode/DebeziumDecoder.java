package io.firstresponse.job.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.mapping.JqProgram;
import java.io.IOException;

/**
 * Reads messages from Debezium's change events in JSON, with or without a schema. An inserted or
 * snapshotted row is a message, with the fields of {@code after}. An update, a delete or a truncate
 * is a dead letter: the message that the row held was sent and keeps counting.
 */
public final class DebeziumDecoder extends RecordDecoder {

  private final RecordDecoder rows;
  private final boolean maps;
  private final String formatOption;

  /**
   * @param formatOption the key of the option that chooses this decoder, for error messages
   */
  public DebeziumDecoder(MessageFields fields, FutureGuard futureGuard, String formatOption) {
    this(fields, futureGuard, new JsonDecoder(fields, futureGuard), false, formatOption);
  }

  /**
   * A mapping gets each row as it is after a change. A change that leaves no row, a deletion, is
   * skipped.
   *
   * @param formatOption the key of the option that chooses this decoder, for error messages
   */
  public DebeziumDecoder(
      MessageFields fields, FutureGuard futureGuard, JqProgram program, String formatOption) {
    this(fields, futureGuard, new MappingDecoder(fields, futureGuard, program), true, formatOption);
  }

  private DebeziumDecoder(
      MessageFields fields,
      FutureGuard futureGuard,
      RecordDecoder rows,
      boolean maps,
      String formatOption) {
    super(fields, futureGuard);
    this.rows = rows;
    this.maps = maps;
    this.formatOption = formatOption;
  }

  /** The operation of an event, and the bounds of its new row in the record. */
  private static final class Event {

    private String op;
    private int rowFrom = -1;
    private int rowTo = -1;
  }

  @Override
  void observe(DecodeObserver by) {
    rows.observe(by);
    if (!maps) {
      super.observe(by);
    }
  }

  @Override
  Received read(byte[] bytes, int from, int to) throws Unusable {
    // The operation comes after the row, so the row is skipped first and read afterwards.
    Event event = JsonDecoder.parse(bytes, from, to, DebeziumDecoder::event);
    if (event.op == null) {
      throw new Unusable(
          Reason.BAD_CHANGE_EVENT,
          "the record has no \"op\", as Debezium's change events have; if these are plain rows, set"
              + " "
              + formatOption
              + " to json");
    }
    if (maps && (event.op.equals("d") || event.op.equals("t"))) {
      return Mapped.NOTHING;
    }
    switch (maps && event.op.equals("u") ? "c" : event.op) {
      case "c", "r" -> {
        if (event.rowFrom < 0) {
          throw new Unusable(Reason.BAD_CHANGE_EVENT, "the new row, \"after\", is not there");
        }
        return rows.read(bytes, from + event.rowFrom, from + event.rowTo);
      }
      case "u", "d", "t" ->
          throw new Unusable(
              Reason.CHANGED,
              "a message was "
                  + switch (event.op) {
                    case "u" -> "updated";
                    case "d" -> "deleted";
                    default -> "truncated away";
                  }
                  + ", but one that was sent is a fact: it keeps counting as it was inserted");
      default ->
          throw new Unusable(
              Reason.BAD_CHANGE_EVENT, "\"op\" is not one of c, r, u, d, t: a row was not changed");
    }
  }

  private static Event event(JsonParser json) throws IOException, Unusable {
    Event event = new Event();
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw JsonDecoder.badJson("the record is no JSON object");
    }
    readEnvelope(json, event, true);
    if (json.nextToken() != null) {
      throw JsonDecoder.badJson("something follows the object: write one event per record");
    }
    return event;
  }

  private static void readEnvelope(JsonParser json, Event event, boolean outermost)
      throws IOException, Unusable {
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      JsonToken token = json.nextToken();
      if (outermost && name.equals("payload") && token == JsonToken.START_OBJECT) {
        readEnvelope(json, event, false);
      } else if (name.equals("op") && token == JsonToken.VALUE_STRING) {
        once(event.op == null, name);
        event.op = json.getText();
      } else if (name.equals("after") && token == JsonToken.START_OBJECT) {
        once(event.rowFrom < 0, name);
        event.rowFrom = (int) json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        event.rowTo = (int) json.currentLocation().getByteOffset();
      } else {
        json.skipChildren();
      }
    }
  }

  private static void once(boolean first, String name) throws Unusable {
    if (!first) {
      throw JsonDecoder.badJson("field \"" + name + "\" is given twice: which one counts?");
    }
  }
}
