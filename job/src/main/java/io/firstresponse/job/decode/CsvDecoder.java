package io.firstresponse.job.decode;

import static io.firstresponse.job.decode.MessageFields.A;
import static io.firstresponse.job.decode.MessageFields.AGENT;
import static io.firstresponse.job.decode.MessageFields.AUTOMATED;
import static io.firstresponse.job.decode.MessageFields.B;
import static io.firstresponse.job.decode.MessageFields.CLOSES;
import static io.firstresponse.job.decode.MessageFields.COUNT;
import static io.firstresponse.job.decode.MessageFields.CUSTOMER;
import static io.firstresponse.job.decode.MessageFields.DIRECT;
import static io.firstresponse.job.decode.MessageFields.LABELS;
import static io.firstresponse.job.decode.MessageFields.TS;
import static io.firstresponse.job.decode.MessageFields.UNKNOWN;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Texts;
import java.util.Arrays;
import javax.annotation.Nullable;

/**
 * Reads messages from the records of a CSV file. The columns may have any order; columns that a
 * message does not have are ignored.
 */
public final class CsvDecoder extends CsvRecordDecoder {

  private static final int ABSENT = -1;

  /** The message field of each column, or {@link MessageFields#UNKNOWN}. */
  private int[] columns = new int[0];

  /** Bounds of the message fields of the current record. */
  private final int[] starts = new int[COUNT];

  private final int[] ends = new int[COUNT];

  /** Whether the field stands in quotes. */
  private final boolean[] quoted = new boolean[COUNT];

  private final TextIds ids = new TextIds();
  private final LabelSet labels;

  /**
   * @param delimiter an ASCII character other than the quote and the line ends
   */
  public CsvDecoder(MessageFields fields, FutureGuard futureGuard, byte delimiter) {
    super(fields, futureGuard, delimiter);
    this.labels = new LabelSet(fields.labels());
  }

  @Override
  Message readRecord(byte[] bytes, int from, int to) throws Unusable {
    Arrays.fill(starts, ABSENT);
    Arrays.fill(ends, ABSENT);
    int column = 0;
    int at = from;
    while (at <= to) {
      int end = readField(bytes, at, to);
      if (column < columns.length && columns[column] != UNKNOWN) {
        starts[columns[column]] = valueFrom;
        ends[columns[column]] = valueTo;
        quoted[columns[column]] = isQuoted();
      }
      column++;
      at = end + 1;
    }
    requireFields(column, columns.length);
    MessageKind kind = kind(bytes);
    String agentId = textId(bytes, A);
    String customerId = textId(bytes, B);
    String labelSet = isEmpty(LABELS) ? null : labels(bytes, kind);
    Message message =
        new Message(
            isEmpty(A) ? fields.nobody(kind, "is empty") : key(bytes, A, agentId),
            key(bytes, B, customerId),
            timestamp(bytes),
            kind,
            !isEmpty(AUTOMATED) && flag(bytes, AUTOMATED),
            LabelSet.key(labelSet),
            Texts.of(agentId, customerId, name(bytes, AGENT), name(bytes, CUSTOMER), labelSet));
    check(message);
    return message;
  }

  @Override
  void readNames(byte[] bytes, int from, int to) throws Unusable {
    int[] found = new int[to - from + 1];
    int seen = 0;
    int column = 0;
    int at = from;
    while (at <= to) {
      int end = readField(bytes, at, to);
      String name = text(bytes);
      int field = fields.indexOf(name);
      if (field != UNKNOWN && (seen & 1 << field) != 0) {
        throw namedTwice(name);
      }
      found[column] = field;
      seen |= field == UNKNOWN ? 0 : 1 << field;
      column++;
      at = end + 1;
    }
    for (int field = 0; field < COUNT; field++) {
      if ((field == A || MessageFields.isRequired(field)) && (seen & 1 << field) == 0) {
        throw badCsv(
            "the header names no column \""
                + fields.name(field)
                + "\", and a message needs it; if the input calls it otherwise, set "
                + MessageFields.option(field));
      }
    }
    columns = Arrays.copyOf(found, column);
  }

  /** A close need not say a direction, but what it says has to be one. */
  private MessageKind kind(byte[] s) throws Unusable {
    boolean closes = !isEmpty(CLOSES) && flag(s, CLOSES);
    boolean direct = !(closes && isEmpty(DIRECT)) && flag(s, DIRECT);
    return closes ? MessageKind.CLOSE : MessageKind.of(direct);
  }

  /** The id in a field if ids are texts; null if they are not, or the field is empty. */
  @Nullable private String textId(byte[] s, int field) throws Unusable {
    if (!fields.textIds() || isEmpty(field)) {
      return null;
    }
    String text = text(s, field);
    String fault = TextIds.fault(text);
    if (fault != null) {
      throw Unusable.badField(fields, field, fault, TextIds.WANTED);
    }
    return text;
  }

  /**
   * @param textId the id in the field if ids are texts and it is not empty
   */
  private long key(byte[] s, int field, @Nullable String textId) throws Unusable {
    requireValue(field);
    return textId == null ? integer(s, field) : ids.key(textId);
  }

  @Nullable private String name(byte[] s, int field) {
    return isEmpty(field) ? null : DisplayName.of(text(s, field));
  }

  @Nullable private String labels(byte[] s, MessageKind kind) throws Unusable {
    labels.readText(text(s, LABELS));
    return labels.text(kind);
  }

  private String text(byte[] s, int field) {
    return text(s, starts[field], ends[field], quoted[field]);
  }

  private long integer(byte[] s, int field) throws Unusable {
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
      throw Unusable.badField(fields, field, found(s, field), Unusable.INTEGER_NOT_TEXT);
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
            ? Timestamps.ofText(s, starts[TS], ends[TS], localTimes)
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
}
