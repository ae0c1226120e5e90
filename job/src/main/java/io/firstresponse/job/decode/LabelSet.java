package io.firstresponse.job.decode;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.annotation.Nullable;

/**
 * Reads the labels of one message after the other, and makes their canonical form: a JSON object by
 * RFC 8785, with sorted names, without white space, and with numbers and booleans as texts. The job
 * computes with its key: the 64-bit XXH3 hash of the form in UTF-8, without a seed. A key is the
 * same on every machine and in every release; state and tables depend on it. Not thread-safe.
 */
public final class LabelSet implements Serializable {

  private static final long serialVersionUID = 1;

  /** The most labels of a message. */
  static final int MAX_LABELS = 64;

  /** The most bytes of their names and values, in UTF-8. */
  static final int MAX_BYTES = 1024;

  /** What the field has to be, for error messages. */
  static final String WANTED = "an object of texts";

  private static final Hasher64 HASH = Hashing.xxh3_64();

  /** A longer name is cut in error messages. */
  private static final int MAX_SHOWN = 40;

  private final String field;
  // Those of the labels, sorted by name.
  private final String[] names = new String[MAX_LABELS];
  private final String[] values = new String[MAX_LABELS];
  private int size;
  private int given;
  private long bytes;

  /**
   * @param field the name of the field with the labels, for error messages
   */
  LabelSet(String field) {
    this.field = field;
  }

  /** Forgets the labels of the message before. */
  void clear() {
    size = 0;
    given = 0;
    bytes = 0;
  }

  /**
   * Adds a label.
   *
   * @param name its name
   * @param value its value as text
   * @throws Unusable if it has no place in a set
   */
  void add(String name, String value) throws Unusable {
    int nameBytes = Utf8.length(name);
    int valueBytes = Utf8.length(value);
    if (nameBytes < 0) {
      throw bad("has a label whose name is " + Utf8.fault(nameBytes));
    }
    if (valueBytes < 0) {
      throw bad(name, Utf8.fault(valueBytes), "a text that can be stored");
    }
    given++;
    bytes += nameBytes + valueBytes;
    if (given > MAX_LABELS) {
      return;
    }
    int found = Arrays.binarySearch(names, 0, size, name);
    if (found >= 0) {
      throw JsonDecoder.badJson("label \"" + shown(name) + "\" is given twice: which one counts?");
    }
    int at = -found - 1;
    System.arraycopy(names, at, names, at + 1, size - at);
    System.arraycopy(values, at, values, at + 1, size - at);
    names[at] = name;
    values[at] = value;
    size++;
  }

  /**
   * The error of a label that is an object or array.
   *
   * @param found what it is
   */
  Unusable nested(String name, String found) {
    return bad(name, found, "a text, number or boolean");
  }

  /** Passes if the labels are not too many or too long. */
  void checkSize() throws Unusable {
    if (given > MAX_LABELS || bytes > MAX_BYTES) {
      throw bad(
          "has %,d labels of %,d bytes; %d labels of %,d bytes is the limit"
              .formatted(given, bytes, MAX_LABELS, MAX_BYTES));
    }
  }

  /**
   * Reads the labels from a field. A label that is null is none.
   *
   * @param json stands at the first token of the value
   */
  void read(JsonParser json, JsonToken first) throws IOException, Unusable {
    if (first == JsonToken.VALUE_STRING) {
      // A change event has a column of JSON as text.
      readText(json.getText());
      return;
    }
    clear();
    if (first != JsonToken.START_OBJECT) {
      throw wrong(JsonDecoder.found(json, first));
    }
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      JsonToken value = json.nextToken();
      if (value.isStructStart()) {
        throw nested(name, JsonDecoder.found(json, value));
      }
      if (value != JsonToken.VALUE_NULL) {
        add(name, json.getText());
      }
    }
    checkSize();
  }

  /** Reads the labels from the text of a JSON object. */
  void readText(String json) throws Unusable {
    int length = Utf8.length(json);
    if (length < 0) {
      throw wrong(Utf8.fault(length));
    }
    byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
    boolean isObject;
    try {
      isObject =
          JsonDecoder.parse(
              utf8,
              0,
              utf8.length,
              parser -> {
                JsonToken first = parser.nextToken();
                if (first != JsonToken.START_OBJECT) {
                  return false;
                }
                read(parser, first);
                return parser.nextToken() == null;
              });
    } catch (Unusable e) {
      if (e.reason() != Reason.BAD_JSON) {
        throw e;
      }
      throw bad("holds no usable JSON object: " + e.getMessage());
    }
    if (!isObject) {
      throw wrong("the text " + RecordDecoder.quoted(utf8, 0, utf8.length));
    }
  }

  /**
   * The error of a field that is no object.
   *
   * @param found what it is
   */
  Unusable wrong(String found) {
    return bad("holds " + found + ", not " + WANTED);
  }

  /**
   * The canonical form of the labels.
   *
   * @param kind what the message is: only a customer's message can open a session, which has its
   *     labels
   * @return null if there are none, or they are nobody's
   */
  @Nullable String text(MessageKind kind) {
    if (size == 0 || kind != MessageKind.CUSTOMER) {
      return null;
    }
    StringBuilder json = new StringBuilder((int) bytes + 6 * size + 1);
    for (int i = 0; i < size; i++) {
      quote(names[i], json.append(i == 0 ? '{' : ','));
      quote(values[i], json.append(':'));
    }
    return json.append('}').toString();
  }

  private static void quote(String text, StringBuilder json) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\b' -> json.append("\\b");
        case '\t' -> json.append("\\t");
        case '\n' -> json.append("\\n");
        case '\f' -> json.append("\\f");
        case '\r' -> json.append("\\r");
        default -> {
          if (c < ' ') {
            json.append("\\u%04x".formatted((int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }

  /**
   * The key of a label set.
   *
   * @param canonical its canonical form, or null
   * @return {@link Message#NO_LABELS} if it is null
   */
  public static long key(@Nullable String canonical) {
    if (canonical == null) {
      return Message.NO_LABELS;
    }
    byte[] utf8 = canonical.getBytes(StandardCharsets.UTF_8);
    return ofHash(HASH.hashBytesToLong(utf8, 0, utf8.length));
  }

  /**
   * The key of a set with this hash. The set whose hash means that there are none has the key 1.
   */
  static long ofHash(long hash) {
    return hash == Message.NO_LABELS ? 1 : hash;
  }

  private Unusable bad(String name, String found, String wanted) {
    return new Unusable(
        Reason.BAD_FIELD,
        "field \"" + field + "." + shown(name) + "\" holds " + found + ", not " + wanted);
  }

  private Unusable bad(String what) {
    return new Unusable(Reason.BAD_FIELD, "field \"" + field + "\" " + what);
  }

  private static String shown(String name) {
    return name.length() > MAX_SHOWN ? name.substring(0, MAX_SHOWN) + "…" : name;
  }
}
