package io.firstresponse.job.decode;

import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.MessageKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Ends the decoding of one record, with the reason why it is not a message. It has no stack trace:
 * if all records of a feed are bad, this is the hot path.
 */
final class Unusable extends Exception {

  /** What an integer id has to be, where the feed has a text. */
  static final String INTEGER_NOT_TEXT =
      "a 64-bit integer; for ids that are texts set " + MessageOptions.IDS.key() + " to text";

  private final Reason reason;

  Unusable(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }

  static Unusable missing(MessageFields fields, int field, String how) {
    return new Unusable(
        Reason.MISSING_FIELD,
        "field \""
            + fields.name(field)
            + "\" "
            + how
            + ", and a message needs it; if the input calls it otherwise, set "
            + MessageFields.option(field));
  }

  static Unusable noAgent(MessageFields fields, MessageKind kind, String how) {
    return new Unusable(
        Reason.MISSING_FIELD,
        "field \""
            + fields.a()
            + "\" "
            + how
            + ", and "
            + whyAgent(kind)
            + "; if the input calls it otherwise, set "
            + MessageOptions.FIELD_A.key());
  }

  /** The reason why a message needs an agent. */
  static String whyAgent(MessageKind kind) {
    return switch (kind) {
      case AGENT ->
          "an agent's message needs its sender: where nobody is named, as of one typed on a phone,"
              + " give it an agent id of its own";
      case CUSTOMER ->
          "in addressed-agent mode a customer's message needs the agent whom it was written to; in"
              + " any-agent mode it may be missing";
      case CLOSE ->
          "in addressed-agent mode an event needs the agent whose conversation it is of; in"
              + " any-agent mode it may be missing";
    };
  }

  static Unusable badField(MessageFields fields, int field, String found, String wanted) {
    return new Unusable(
        Reason.BAD_FIELD,
        "field \"" + fields.name(field) + "\" holds " + found + ", not " + wanted);
  }

  /**
   * The timestamp is not usable. If the field is a number, the unit that would make it usable is
   * named.
   *
   * @param found the content of the field, for the message
   * @param s the number is in {@code s[from, to)}; the range is empty if the field is not a number
   */
  static Unusable badTimestamp(MessageFields fields, String found, byte[] s, int from, int to) {
    String holds = "field \"" + fields.ts() + "\" holds " + found;
    for (EpochUnit unit : EpochUnit.values()) {
      long ts = Timestamps.ofNumber(s, from, to, unit);
      if (ts != Timestamps.UNUSABLE) {
        return new Unusable(
            Reason.BAD_TIMESTAMP,
            "%s, as a number of %s since 1970 outside the years 1 to 9999; as one of %s it is %s: set %s to %s"
                .formatted(
                    holds,
                    fields.epochUnit(),
                    unit,
                    Instant.EPOCH.plus(ts, ChronoUnit.MICROS),
                    MessageOptions.EPOCH_UNIT.key(),
                    unit));
      }
    }
    return new Unusable(
        Reason.BAD_TIMESTAMP,
        holds
            + ", which is no date with time in ISO-8601 (2018-08-15T10:08:20.82439Z) nor a number of "
            + fields.epochUnit()
            + " since 1970, within the years 1 to 9999");
  }
}
