package io.firstresponse.job.domain;

import java.util.List;

/**
 * A record of the input that cannot be used, with what is needed to find and to correct it.
 *
 * @param origin where the record was read, for example the path of a file, or topic/partition
 * @param position the record's position in its origin: for files, the offset of its first byte
 *     after decompression; for Kafka, its offset. {@code (origin, position)} names a record
 * @param reason the category, by which dead letters are counted
 * @param detail what was wrong, for a person
 * @param raw the record's first bytes, at most {@link #MAX_RAW_BYTES}
 * @param length how many bytes the complete record had
 */
// The decoder creates the array for this record and nobody changes it.
@SuppressWarnings("ArrayRecordComponent")
public record DeadLetter(
    String origin, long position, Reason reason, String detail, byte[] raw, long length)
    implements Received {

  /** How many bytes of a record are kept. */
  public static final int MAX_RAW_BYTES = 64 * 1024;

  /** Why a record became a dead letter. */
  public enum Reason {
    /** An empty line. */
    EMPTY("empty"),
    /** More bytes than a message may have. */
    TOO_LONG("too-long"),
    /** Not a text in UTF-8. */
    BAD_ENCODING("bad-encoding"),
    /** Not one JSON object, or nested too deep, or a field given twice. */
    BAD_JSON("bad-json"),
    /** Not a CSV record that fits its header, or no usable header. */
    BAD_CSV("bad-csv"),
    /** A field that a message needs is not there, or is null. */
    MISSING_FIELD("missing-field"),
    /** A field has the wrong type, or its number is out of range. */
    BAD_FIELD("bad-field"),
    /** The timestamp cannot be read or lies outside the years 1 to 9999. */
    BAD_TIMESTAMP("bad-timestamp"),
    /** Stamped further in the future than the configured skew. */
    FUTURE("future"),
    /** The compressed stream is damaged or ends early. */
    BAD_COMPRESSION("bad-compression"),
    /** The format of a file is not given, and its name does not show it. */
    UNKNOWN_FORMAT("unknown-format"),
    /** Not a change event of Debezium. */
    BAD_CHANGE_EVENT("bad-change-event"),
    /** A change event that updates or deletes a message, which has been sent all the same. */
    CHANGED("changed"),
    /** A mapping makes something of the record that is no message, or raises an error. */
    MAPPING("mapping"),
    /** A file or folder, or the rest of a file, that cannot be read. */
    UNREADABLE("unreadable");

    private final String code;

    Reason(String code) {
      this.code = code;
    }

    /** {@return the name under which the reason is stored and counted} */
    public String code() {
      return code;
    }
  }

  @Override
  public List<Message> messages() {
    return List.of();
  }
}
