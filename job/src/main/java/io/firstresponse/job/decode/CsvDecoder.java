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
 * Reads messages written as records of a CSV file (RFC 4180) whose first record names the columns.
 * Their order is free, and columns that a message does not have are passed over. Blanks around a
 * field without quotes do not count; a quote inside of one is an ordinary character.
 *
 * <p>Without a usable header every record is a dead letter: the columns cannot be guessed.
 */
public final class CsvDecoder extends RecordDecoder {

  private static final byte QUOTE = '"';
  private static final int ABSENT = -1;

  private final byte delimiter;

  /** What each column holds, {@link MessageFields#UNKNOWN} if nothing that is needed. */
  private int[] columns = new int[0];

  /** Why no record can be read, or null. */
  private String headerFault = "it was not read";

  /** Where the field just passed begins and ends, without quotes and blanks around it. */
  private int valueFrom;

  private int valueTo;

  /** Where the fields of the record at hand begin and end. */
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
   * Learns the columns from the header. To be called before {@link #decode}, which otherwise
   * refuses every record.
   *
   * @return a dead letter if the header is of no use
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
      int end = passField(bytes, at, to);
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
      int end = passField(bytes, at, to);
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
   * Sets the bounds of the value of the field at {@code at}.
   *
   * @return the place of the delimiter after it, or {@code to}
   */
  private int passField(byte[] s, int at, int to) throws Unusable {
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
    // Below zero there is one number more, so digits are taken away rather than added.
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

  /** Whether the field holds the word, in small or capital letters. */
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
