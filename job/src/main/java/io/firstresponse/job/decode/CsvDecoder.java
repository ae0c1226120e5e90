package io.firstresponse.job.decode;

import static io.firstresponse.job.decode.MessageFields.A;
import static io.firstresponse.job.decode.MessageFields.AUTOMATED;
import static io.firstresponse.job.decode.MessageFields.B;
import static io.firstresponse.job.decode.MessageFields.COUNT;
import static io.firstresponse.job.decode.MessageFields.DIRECT;
import static io.firstresponse.job.decode.MessageFields.TS;
import static io.firstresponse.job.decode.MessageFields.UNKNOWN;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads messages from the records of a CSV file (RFC 4180) whose first record names the columns.
 * The columns may have any order; columns that a message does not have are ignored. In a field
 * without quotes, blanks at both ends are ignored and a quote is an ordinary character.
 *
 * <p>Without a usable header every record is a dead letter: the columns cannot be guessed.
 */
public final class CsvDecoder extends RecordDecoder {

  private static final byte QUOTE = '"';
  private static final int ABSENT = -1;

  private final byte delimiter;

  /** The message field of each column, or {@link MessageFields#UNKNOWN}. */
  private int[] columns = new int[0];

  /** Why the header is not usable, or null if it is. */
  private String headerFault = "it was not read";

  /** Bounds of the field read last, without the quotes or blanks around it. */
  private int valueFrom;

  private int valueTo;

  /** Bounds of the message fields of the current record. */
  private final int[] starts = new int[COUNT];

  private final int[] ends = new int[COUNT];

  /**
   * @param delimiter an ASCII character other than the quote and the line ends
   */
  public CsvDecoder(MessageFields fields, FutureGuard futureGuard, byte delimiter) {
    super(fields, futureGuard);
    this.delimiter = delimiter;
  }

  /**
   * Reads the columns from the header. Without this call {@link #decode} makes every record a dead
   * letter.
   *
   * @return a dead letter if the header is not usable
   */
  public Optional<DeadLetter> readHeader(
      String origin, long position, byte[] bytes, int from, int length) {
    try {
      checkText(bytes, from, from + length);
      columns = columns(bytes, from, from + length);
      headerFault = null;
      return Optional.empty();
    } catch (Unusable e) {
      headerFault = e.getMessage();
      return Optional.of(
          DeadLetters.of(
              origin, position, e.reason(), e.getMessage(), bytes, from, length, length));
    }
  }

  @Override
  Message read(byte[] bytes, int from, int to) throws Unusable {
    if (headerFault != null) {
      throw badCsv("the file has no usable header: " + headerFault);
    }
    Arrays.fill(starts, ABSENT);
    int column = 0;
    int at = from;
    while (at <= to) {
      int end = readField(bytes, at, to);
      if (column < columns.length && columns[column] != UNKNOWN) {
        starts[columns[column]] = valueFrom;
        ends[columns[column]] = valueTo;
      }
      column++;
      at = end + 1;
    }
    if (column != columns.length) {
      throw badCsv(
          "the record has "
              + column
              + " fields, and its header "
              + columns.length
              + ": a delimiter"
              + " or a line end inside a field must stand in quotes");
    }
    return new Message(
        integer(bytes, A),
        integer(bytes, B),
        timestamp(bytes),
        flag(bytes, DIRECT),
        starts[AUTOMATED] != ABSENT && !isEmpty(AUTOMATED) && flag(bytes, AUTOMATED));
  }

  private int[] columns(byte[] bytes, int from, int to) throws Unusable {
    int[] found = new int[to - from + 1];
    int seen = 0;
    int column = 0;
    int at = from;
    while (at <= to) {
      int end = readField(bytes, at, to);
      String name =
          new String(bytes, valueFrom, valueTo - valueFrom, StandardCharsets.UTF_8)
              .replace("\"\"", "\"");
      int field = fields.indexOf(name);
      if (field != UNKNOWN && (seen & 1 << field) != 0) {
        throw badCsv("the header names column \"" + name + "\" twice: which one counts?");
      }
      found[column] = field;
      seen |= field == UNKNOWN ? 0 : 1 << field;
      column++;
      at = end + 1;
    }
    for (int field = 0; field < COUNT; field++) {
      if (field != AUTOMATED && (seen & 1 << field) == 0) {
        throw badCsv(
            "the header names no column \""
                + fields.name(field)
                + "\", and a message needs it; if the input calls it otherwise, set "
                + MessageFields.option(field));
      }
    }
    return Arrays.copyOf(found, column);
  }

  /**
   * Reads the field at {@code at} and sets {@link #valueFrom} and {@link #valueTo}.
   *
   * @return the index of the delimiter after the field, or {@code to}
   */
  private int readField(byte[] s, int at, int to) throws Unusable {
    int i = at;
    if (at < to && s[at] == QUOTE) {
      i++;
      while (i < to && (s[i] != QUOTE || (i + 1 < to && s[i + 1] == QUOTE))) {
        i += s[i] == QUOTE ? 2 : 1;
      }
      if (i >= to) {
        throw badCsv("a quote is opened and not closed: double the quotes inside a field");
      }
      valueFrom = at + 1;
      valueTo = i;
      i++;
      if (i < to && s[i] != delimiter) {
        throw badCsv("something follows a closing quote: double the quotes inside a field");
      }
      return i;
    }
    while (i < to && s[i] != delimiter) {
      i++;
    }
    valueFrom = at;
    valueTo = i;
    while (valueFrom < valueTo && isBlank(s[valueFrom])) {
      valueFrom++;
    }
    while (valueFrom < valueTo && isBlank(s[valueTo - 1])) {
      valueTo--;
    }
    return i;
  }

  private long integer(byte[] s, int field) throws Unusable {
    requireValue(field);
    int i = starts[field];
    int to = ends[field];
    boolean negative = s[i] == '-';
    if (negative) {
      i++;
    }
    boolean fits = i < to;
    // There is one more negative number than positive ones, so digits are subtracted.
    long number = 0;
    for (; fits && i < to; i++) {
      int digit = s[i] - '0';
      fits =
          digit >= 0
              && digit <= 9
              && number >= Long.MIN_VALUE / 10
              && number * 10 >= Long.MIN_VALUE + digit;
      number = number * 10 - digit;
    }
    if (!fits || (!negative && number == Long.MIN_VALUE)) {
      throw Unusable.badField(fields, field, found(s, field), "a 64-bit integer");
    }
    return negative ? number : -number;
  }

  private boolean flag(byte[] s, int field) throws Unusable {
    requireValue(field);
    if (is(s, field, "t") || is(s, field, "1") || is(s, field, "true")) {
      return true;
    }
    if (is(s, field, "f") || is(s, field, "0") || is(s, field, "false")) {
      return false;
    }
    throw Unusable.badField(fields, field, found(s, field), "one of true, false, t, f, 1 and 0");
  }

  private long timestamp(byte[] s) throws Unusable {
    requireValue(TS);
    long ts =
        Timestamps.looksLikeText(s, starts[TS], ends[TS])
            ? Timestamps.ofText(s, starts[TS], ends[TS])
            : Timestamps.ofNumber(s, starts[TS], ends[TS], fields.epochUnit());
    if (ts == Timestamps.UNUSABLE) {
      throw Unusable.badTimestamp(fields, found(s, TS), s, starts[TS], ends[TS]);
    }
    return ts;
  }

  private void requireValue(int field) throws Unusable {
    if (isEmpty(field)) {
      throw Unusable.missing(fields, field, "is empty");
    }
  }

  private boolean isEmpty(int field) {
    return starts[field] == ends[field];
  }

  /** Whether the field is the word, in lower or upper case. */
  private boolean is(byte[] s, int field, String word) {
    int length = ends[field] - starts[field];
    if (length != word.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      byte c = s[starts[field] + i];
      if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String found(byte[] s, int field) {
    return quoted(s, starts[field], ends[field]);
  }

  private boolean isBlank(byte c) {
    return c == ' ' || (c == '\t' && delimiter != '\t');
  }

  private static Unusable badCsv(String detail) {
    return new Unusable(Reason.BAD_CSV, detail);
  }
}
