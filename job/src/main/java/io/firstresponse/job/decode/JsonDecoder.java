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

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Texts;
import java.io.IOException;
import java.util.Optional;
import javax.annotation.Nullable;

/**
 * Reads records that are one JSON object each. Types are strict: integer ids are integers ({@code
 * 1.0} and {@code "1"} are not), flags are {@code true} or {@code false}. If ids are texts, {@code
 * 1} and {@code "1"} are the same one. Fields that a message does not have are skipped, nested up
 * to {@link #MAX_DEPTH}.
 */
public final class JsonDecoder extends RecordDecoder {

  /** How deep a record may be nested. */
  static final int MAX_DEPTH = 1_000;

  /** The digits and the sign of the longest 64-bit integer. */
  private static final int LONG_CHARS = 20;

  // - INTERN_FIELD_NAMES, FAIL_ON_SYMBOL_HASH_OVERFLOW: the factory caches field names of all
  //   records. Many names with the same hash must not make the next record fail.
  // - maxNumberLength: the length of a number is checked before its value is computed.
  // - recyclerPool: buffers belong to the decoding threads, which end with their task.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .recyclerPool(JsonRecyclerPools.threadLocalPool())
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final JsonFactory WITHOUT_LIMITS =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** The text of a timestamp, as bytes. */
  private final byte[] timestamp = new byte[Timestamps.MAX_LENGTH];

  private final JsonRecords records = new JsonRecords(FACTORY);
  private final boolean textIds;
  private final TextIds ids = new TextIds();
  private final LabelSet labels;

  public JsonDecoder(MessageFields fields, FutureGuard futureGuard) {
    super(fields, futureGuard);
    this.textIds = fields.textIds();
    this.labels = new LabelSet(fields.labels());
  }

  /**
   * One parser reads most records. A parser for each record costs 60 % more, but gives the error
   * and its position, so it reads again what the first parser could not read.
   */
  @Override
  Message read(byte[] bytes, int from, int to) throws Unusable {
    Message message = records.read(bytes, from, to, this::message);
    if (message == null) {
      message = parse(bytes, from, to, this::alone);
    }
    check(message);
    return message;
  }

  /** Reads one record from its parser. */
  interface Reading<T> {
    T read(JsonParser json) throws IOException, Unusable;
  }

  /** Reads a record with a parser of its own. A record that is not JSON is unusable. */
  static <T> T parse(byte[] bytes, int from, int to, Reading<T> reading) throws Unusable {
    return guard(
        () -> {
          try (JsonParser json = FACTORY.createParser(bytes, from, to - from)) {
            return reading.read(json);
          }
        });
  }

  /** Reads something from a record that may be no JSON. */
  interface Attempt<T> {
    T run() throws IOException, Unusable;
  }

  /** Turns the failures of a parser into {@link Unusable}. */
  static <T> T guard(Attempt<T> attempt) throws Unusable {
    try {
      return attempt.run();
    } catch (JsonProcessingException e) {
      long at = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
      throw badJson(e.getOriginalMessage() + (at < 0 ? "" : " (byte " + at + " of the record)"));
    } catch (IOException | RuntimeException e) {
      // No input is known that leads here, but a bug in the parser must not stop the job.
      throw badJson(e.toString());
    }
  }

  /** The syntax error of JSON of any depth and length; empty if there is none. */
  public static Optional<String> fault(byte[] bytes, int from, int to) {
    try (JsonParser json = WITHOUT_LIMITS.createParser(bytes, from, to - from)) {
      while (json.nextToken() != null) {
        // To the end, or to the error.
      }
      return Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.of(e.getOriginalMessage());
    } catch (IOException e) {
      return Optional.of(e.toString());
    }
  }

  /** Reads a record with a parser of its own. */
  Message alone(JsonParser json) throws IOException, Unusable {
    Message message = message(json);
    if (json.nextToken() != null) {
      throw badJson("something follows the object: write one message per line");
    }
    return message;
  }

  private Message message(JsonParser json) throws IOException, Unusable {
    JsonToken first = json.nextToken();
    if (first != JsonToken.START_OBJECT) {
      throw badJson("the record is no JSON object: write each message as {…} on a line of its own");
    }
    long a = 0;
    long b = 0;
    long ts = 0;
    boolean direct = false;
    boolean automated = false;
    boolean closes = false;
    String agentId = null;
    String customerId = null;
    String agentName = null;
    String customerName = null;
    int given = 0;
    int seen = 0;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      JsonToken token = json.nextToken();
      int field = fields.indexOf(name);
      if (field == UNKNOWN) {
        json.skipChildren();
        continue;
      }
      if ((seen & 1 << field) != 0) {
        throw badJson("field \"" + name + "\" is given twice: which one counts?");
      }
      seen |= 1 << field;
      if (token == JsonToken.VALUE_NULL) {
        continue;
      }
      given |= 1 << field;
      switch (field) {
        case A -> {
          agentId = textIds ? textId(json, token, A) : null;
          a = textIds ? ids.key(agentId) : integer(json, token, A);
        }
        case B -> {
          customerId = textIds ? textId(json, token, B) : null;
          b = textIds ? ids.key(customerId) : integer(json, token, B);
        }
        case TS -> ts = timestamp(json, token);
        case DIRECT -> direct = flag(json, token, DIRECT);
        case AGENT -> agentName = name(json, token, AGENT);
        case CUSTOMER -> customerName = name(json, token, CUSTOMER);
        case CLOSES -> closes = flag(json, token, CLOSES);
        case LABELS -> labels.read(json, token);
        default -> automated = flag(json, token, AUTOMATED);
      }
    }
    for (int field = 0; field < COUNT; field++) {
      if (MessageFields.isRequired(field, closes) && (given & 1 << field) == 0) {
        throw Unusable.missing(fields, field, absence(seen, field));
      }
    }
    MessageKind kind = closes ? MessageKind.CLOSE : MessageKind.of(direct);
    if ((given & 1 << A) == 0) {
      a = fields.nobody(kind, absence(seen, A));
    }
    String labelSet = (given & 1 << LABELS) == 0 ? null : labels.text(kind);
    return new Message(
        a,
        b,
        ts,
        kind,
        automated,
        LabelSet.key(labelSet),
        Texts.of(agentId, customerId, agentName, customerName, labelSet));
  }

  private static String absence(int seen, int field) {
    return (seen & 1 << field) == 0 ? "is not there" : "is null";
  }

  private long integer(JsonParser json, JsonToken token, int field) throws IOException, Unusable {
    if (token == JsonToken.VALUE_NUMBER_INT) {
      // The length is checked first: the value of a million digits takes long to compute.
      int length = json.getTextLength();
      if (length < LONG_CHARS - 1
          || (length <= LONG_CHARS && json.getNumberType() != NumberType.BIG_INTEGER)) {
        return json.getLongValue();
      }
    }
    throw Unusable.badField(
        fields,
        field,
        found(json, token),
        token == JsonToken.VALUE_STRING ? Unusable.INTEGER_NOT_TEXT : "a 64-bit integer");
  }

  private String textId(JsonParser json, JsonToken token, int field) throws IOException, Unusable {
    String found = null;
    if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT) {
      String text = json.getText();
      found = TextIds.fault(text);
      if (found == null) {
        return token == JsonToken.VALUE_NUMBER_INT && text.equals("-0") ? "0" : text;
      }
    }
    throw Unusable.badField(
        fields, field, found == null ? found(json, token) : found, TextIds.WANTED);
  }

  @Nullable private String name(JsonParser json, JsonToken token, int field) throws IOException, Unusable {
    if (token != JsonToken.VALUE_STRING) {
      throw Unusable.badField(fields, field, found(json, token), "a text");
    }
    return DisplayName.of(json.getText());
  }

  private boolean flag(JsonParser json, JsonToken token, int field) throws IOException, Unusable {
    if (token == JsonToken.VALUE_TRUE) {
      return true;
    }
    if (token == JsonToken.VALUE_FALSE) {
      return false;
    }
    throw Unusable.badField(fields, field, found(json, token), "true or false");
  }

  private long timestamp(JsonParser json, JsonToken token) throws IOException, Unusable {
    long ts = Timestamps.UNUSABLE;
    int length = 0;
    if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
      length = text(json);
      ts =
          Timestamps.looksLikeText(timestamp, 0, length)
              ? Timestamps.ofText(timestamp, 0, length, localTimes)
              : Timestamps.ofNumber(timestamp, 0, length, fields.epochUnit());
    }
    if (ts == Timestamps.UNUSABLE) {
      throw Unusable.badTimestamp(fields, found(json, token), timestamp, 0, length);
    }
    return ts;
  }

  /** Copies the token's text into {@link #timestamp}; returns 0 if it cannot be a timestamp. */
  private int text(JsonParser json) throws IOException {
    int length = json.getTextLength();
    if (length > timestamp.length) {
      return 0;
    }
    char[] chars = json.getTextCharacters();
    int offset = json.getTextOffset();
    for (int i = 0; i < length; i++) {
      char c = chars[offset + i];
      if (c > 0x7F) {
        return 0;
      }
      timestamp[i] = (byte) c;
    }
    return length;
  }

  /** What a value is, for error messages. */
  static String found(JsonParser json, JsonToken token) throws IOException {
    if (token.isStructStart()) {
      return token == JsonToken.START_OBJECT ? "an object" : "an array";
    }
    int length = json.getTextLength();
    String shown = new String(json.getTextCharacters(), json.getTextOffset(), Math.min(length, 40));
    String text = length > 40 ? shown + "…" : shown;
    return token == JsonToken.VALUE_STRING ? "the text '" + text + "'" : text;
  }

  static Unusable badJson(String detail) {
    return new Unusable(Reason.BAD_JSON, detail);
  }
}
