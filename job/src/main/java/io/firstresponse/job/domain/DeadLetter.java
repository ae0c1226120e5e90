package io.firstresponse.job.domain;

/**
 * A record of the input that cannot take part, kept with all that is needed to find and mend it.
 *
 * @param origin where the record was read, for example the path of a file, or topic/partition
 * @param position the record's place in its origin: for files, the offset of its first byte after
 *     decompression; for Kafka, its offset. {@code (origin, position)} names a record
 * @param reason the category that is counted
 * @param detail what was wrong, in words for a person
 * @param raw the record's bytes as they arrived, cut at {@link #MAX_RAW_BYTES}
 * @param length how many bytes the whole record had
 */
// The array is handed over by the decoder and never changed after.
@SuppressWarnings("ArrayRecordComponent")
public record DeadLetter(
    String origin, long position, Reason reason, String detail, byte[] raw, long length)
    implements Received {

  /** How many bytes of a record are kept. */
  public static final int MAX_RAW_BYTES = 64 * 1024;

  /** Why a record became a dead letter. */
  public enum Reason {
    /** Nothing between two line ends. */
    EMPTY("empty"),
    /** More bytes than a message may have. */
    TOO_LONG("too-long"),
    /** Not text in UTF-8. */
    BAD_ENCODING("bad-encoding"),
    /** Not one JSON object, or nested too deep, or a field given twice. */
    BAD_JSON("bad-json"),
    /** Not a CSV record that fits its header, or no usable header. */
    BAD_CSV("bad-csv"),
    /** A field that a message needs is not there, or is null. */
    MISSING_FIELD("missing-field"),
    /** A field holds what it cannot: another type, or a number out of range. */
    BAD_FIELD("bad-field"),
    /** The timestamp cannot be read or lies outside the years 1 to 9999. */
    BAD_TIMESTAMP("bad-timestamp"),
    /** Stamped further in the future than the configured skew. */
    FUTURE("future"),
    /** The compressed stream is damaged or ends early. */
    BAD_COMPRESSION("bad-compression"),
    /** The format of a file is neither given nor told by its name. */
    UNKNOWN_FORMAT("unknown-format"),
    /** No change event as Debezium writes them. */
    BAD_CHANGE_EVENT("bad-change-event"),
    /** Tells that a message was changed or deleted, but one that was sent is a fact. */
    CHANGED("changed"),
    /** What a mapping makes of the record is no message, or it raises an error. */
    MAPPING("mapping"),
    /** A file or folder that cannot be read, or the rest of one. */
    UNREADABLE("unreadable");

    private final String code;

    Reason(String code) {
      this.code = code;
    }

    /** The name under which the reason is stored and counted. */
    public String code() {
      return code;
    }
  }
}
