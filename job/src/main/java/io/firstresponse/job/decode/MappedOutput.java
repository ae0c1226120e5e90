package io.firstresponse.job.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.options.NearestName;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * Reads one output of a mapping: a message, a close, or a hand-over. Unlike in a record of a feed,
 * an unknown key is an error, since it is a mistake in the mapping.
 */
final class MappedOutput {

  private static final List<String> KEYS =
      List.of(
          "a",
          "b",
          "ts",
          "direct",
          "automated",
          "closes",
          "handover",
          "labels",
          "agent",
          "customer");

  private static final int MAX_SHOWN = 40;

  private final MessageFields fields;
  private final TextIds ids = new TextIds();
  private final LabelSet labels = new LabelSet("labels");
  private final LocalTimes localTimes;

  /**
   * @param fields those of a message by their own names
   */
  MappedOutput(MessageFields fields) {
    this.fields = fields;
    this.localTimes = new LocalTimes(fields.zone());
  }

  void observe(DecodeObserver observer) {
    localTimes.observe(observer);
  }

  /** The message or close, or null if it is a hand-over. */
  @Nullable Message read(JsonNode output) throws Unusable {
    if (!output.isObject()) {
      throw bad("is " + found(output) + ", not an object");
    }
    checkKeys(output);
    readLabels(output);
    String agentName = name(output, "agent");
    String customerName = name(output, "customer");
    JsonNode customer = required(output, "b");
    String customerId = textId(customer, "b");
    long b = key(customer, customerId, "b");
    long ts = timestamp(required(output, "ts"));
    JsonNode agent = value(output, "a");
    boolean closes = flag(output, "closes");
    boolean handover = flag(output, "handover");
    if (!closes && !handover) {
      required(output, "direct");
    }
    boolean direct = flag(output, "direct");
    boolean automated = flag(output, "automated");
    MessageKind kind = closes || handover ? MessageKind.CLOSE : MessageKind.of(direct);
    long a = Session.NOBODY;
    String agentId = null;
    if (!agent.isMissingNode()) {
      agentId = textId(agent, "a");
      a = key(agent, agentId, "a");
    } else if (fields.needsAgent(kind)) {
      throw bad("has no \"a\", and " + Unusable.whyAgent(kind));
    }
    if (handover && !closes) {
      return null;
    }
    String labelSet = labels.text(kind);
    return new Message(
        a,
        b,
        ts,
        kind,
        automated,
        LabelSet.key(labelSet),
        Texts.of(agentId, customerId, agentName, customerName, labelSet));
  }

  private static void checkKeys(JsonNode output) throws Unusable {
    for (Iterator<String> names = output.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!KEYS.contains(name)) {
        throw bad(
            "has the key \"%s\", which a message does not have%s"
                .formatted(
                    name,
                    NearestName.of(name, KEYS).map("; did you mean \"%s\""::formatted).orElse("")));
      }
    }
  }

  private void readLabels(JsonNode output) throws Unusable {
    labels.clear();
    JsonNode given = value(output, "labels");
    if (given.isMissingNode()) {
      return;
    }
    if (!given.isObject()) {
      throw labels.wrong(found(given));
    }
    for (Map.Entry<String, JsonNode> label : given.properties()) {
      JsonNode value = label.getValue();
      if (value.isContainerNode()) {
        throw labels.nested(label.getKey(), found(value));
      }
      // A label that is null is none, as a field of a message that is null is missing.
      if (!value.isNull()) {
        labels.add(label.getKey(), value.asText());
      }
    }
    labels.checkSize();
  }

  @Nullable private static String name(JsonNode output, String key) throws Unusable {
    JsonNode name = value(output, key);
    if (name.isMissingNode()) {
      return null;
    }
    if (!name.isTextual()) {
      throw bad(wrong(key, name, "a text"));
    }
    return DisplayName.of(name.textValue());
  }

  /** The id in a value if ids are texts; null if they are not, or the value is missing. */
  @Nullable private String textId(JsonNode value, String key) throws Unusable {
    if (!fields.textIds() || value.isMissingNode()) {
      return null;
    }
    if (!value.isTextual() && !value.isIntegralNumber()) {
      throw bad(wrong(key, value, TextIds.WANTED));
    }
    String text = value.asText();
    String fault = TextIds.fault(text);
    if (fault != null) {
      throw bad("\"%s\" holds %s, not %s".formatted(key, fault, TextIds.WANTED));
    }
    return text;
  }

  private long key(JsonNode value, @Nullable String textId, String key) throws Unusable {
    if (textId != null) {
      return ids.key(textId);
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return value.longValue();
    }
    throw bad(
        wrong(
            key,
            value,
            value.isTextual()
                ? Unusable.INTEGER_NOT_TEXT + ", and tonumber makes an integer of digits"
                : "a 64-bit integer"));
  }

  private static boolean flag(JsonNode output, String key) throws Unusable {
    JsonNode value = value(output, key);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw bad(wrong(key, value, "true or false"));
    }
    return value.asBoolean();
  }

  private long timestamp(JsonNode value) throws Unusable {
    long ts = Timestamps.UNUSABLE;
    byte[] text = {};
    if (value.isTextual() || value.isNumber()) {
      text = value.asText().getBytes(StandardCharsets.UTF_8);
      ts =
          Timestamps.looksLikeText(text, 0, text.length)
              ? Timestamps.ofText(text, 0, text.length, localTimes)
              : Timestamps.ofNumber(text, 0, text.length, fields.epochUnit());
    }
    if (ts == Timestamps.UNUSABLE) {
      throw Unusable.badTimestamp(fields, found(value), text, 0, text.length);
    }
    return ts;
  }

  private static JsonNode required(JsonNode output, String key) throws Unusable {
    JsonNode value = value(output, key);
    if (value.isMissingNode()) {
      throw bad("has no \"%s\", and a message needs it".formatted(key));
    }
    return value;
  }

  /** The value of a key; null counts as missing. */
  private static JsonNode value(JsonNode output, String key) {
    JsonNode value = output.path(key);
    return value.isNull() ? MissingNode.getInstance() : value;
  }

  private static String wrong(String key, JsonNode value, String wanted) {
    return "\"%s\" holds %s, not %s".formatted(key, found(value), wanted);
  }

  private static String found(JsonNode value) {
    if (value.isContainerNode()) {
      return value.isObject() ? "an object" : "an array";
    }
    String text = value.asText();
    String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
    return value.isTextual() ? "the text '" + shown + "'" : shown;
  }

  private static Unusable bad(String detail) {
    return new Unusable(Reason.MAPPING, detail);
  }
}
