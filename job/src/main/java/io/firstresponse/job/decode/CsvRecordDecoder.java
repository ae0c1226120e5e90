package io.firstresponse.job.decode;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Received;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads the records of a CSV file (RFC 4180) whose first record names the columns. In a field
 * without quotes, blanks at both ends are ignored and a quote is an ordinary character.
 *
 * <p>Without a usable header every record is a dead letter: the columns cannot be guessed.
 */
public abstract class CsvRecordDecoder extends RecordDecoder {

  private static final byte QUOTE = '"';

  private final byte delimiter;

  /** Why the header is not usable, or null if it is. */
  private String headerFault = "it was not read";

  /** Bounds of the field read last, without the quotes or blanks around it. */
  int valueFrom;

  int valueTo;

  private boolean quoted;

  /**
   * @param delimiter an ASCII character other than the quote and the line ends
   */
  CsvRecordDecoder(MessageFields fields, FutureGuard futureGuard, byte delimiter) {
    super(fields, futureGuard);
    this.delimiter = delimiter;
  }

  /**
   * Reads the columns from the header. Without this call {@link #decode} makes every record a dead
   * letter.
   *
   * @return a dead letter if the header is not usable
   */
  public final Optional<DeadLetter> readHeader(
      String origin, long position, byte[] bytes, int from, int length) {
    try {
      checkText(bytes, from, from + length);
      readNames(bytes, from, from + length);
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
  final Received read(byte[] bytes, int from, int to) throws Unusable {
    if (headerFault != null) {
      throw badCsv("the file has no usable header: " + headerFault);
    }
    return readRecord(bytes, from, to);
  }

  /** Reads the columns from the header. */
  abstract void readNames(byte[] bytes, int from, int to) throws Unusable;

  abstract Received readRecord(byte[] bytes, int from, int to) throws Unusable;

  /**
   * Reads the field at {@code at} and sets {@link #valueFrom} and {@link #valueTo}.
   *
   * @return the index of the delimiter after the field, or {@code to}
   */
  final int readField(byte[] s, int at, int to) throws Unusable {
    int i = at;
    quoted = at < to && s[at] == QUOTE;
    if (quoted) {
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

  /** Whether the field read last stands in quotes. */
  final boolean isQuoted() {
    return quoted;
  }

  /** The value of the field read last. */
  final String text(byte[] s) {
    return text(s, valueFrom, valueTo, quoted);
  }

  /** The value of a field by its bounds, which do not include its quotes. */
  static String text(byte[] s, int from, int to, boolean quoted) {
    String text = new String(s, from, to - from, StandardCharsets.UTF_8);
    return quoted ? text.replace("\"\"", "\"") : text;
  }

  static void requireFields(int found, int columns) throws Unusable {
    if (found != columns) {
      throw badCsv(
          "the record has "
              + found
              + " fields, and its header "
              + columns
              + ": a delimiter"
              + " or a line end inside a field must stand in quotes");
    }
  }

  static Unusable namedTwice(String column) {
    return badCsv("the header names column \"" + column + "\" twice: which one counts?");
  }

  static Unusable badCsv(String detail) {
    return new Unusable(Reason.BAD_CSV, detail);
  }

  private boolean isBlank(byte c) {
    return c == ' ' || (c == '\t' && delimiter != '\t');
  }
}
