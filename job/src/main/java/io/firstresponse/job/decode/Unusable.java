package io.firstresponse.job.decode;

import io.firstresponse.job.domain.DeadLetter.Reason;

/**
 * Ends the decoding of one record with the reason why it is no message. Without a stack trace: a
 * feed may be bad from its first record to its last, and then this is the hot path.
 */
final class Unusable extends Exception {

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

  static Unusable badField(MessageFields fields, int field, String found, String wanted) {
    return new Unusable(
        Reason.BAD_FIELD,
        "field \"" + fields.name(field) + "\" holds " + found + ", not " + wanted);
  }

  static Unusable badTimestamp(MessageFields fields, String found) {
    return new Unusable(
        Reason.BAD_TIMESTAMP,
        "field \""
            + fields.ts()
            + "\" holds "
            + found
            + ", which is no date with time in ISO-8601 (2018-08-15T10:08:20.82439Z) nor a number of "
            + fields.epochUnit()
            + " since 1970, within the years 1 to 9999");
  }
}
