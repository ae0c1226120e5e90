package io.firstresponse.job.testing;

import io.firstresponse.job.decode.LabelSet;
import io.firstresponse.job.domain.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A few label sets of test messages. */
public final class TestLabels {

  // By its key: a set as a feed has it, not always in the canonical form.
  private static final Map<Long, String> FEED = new LinkedHashMap<>();

  static {
    add("{\"channel\":\"chat\"}", "{\"channel\":\"chat\"}");
    add(
        "{\"channel\":\"email\",\"priority\":\"1\"}",
        "{\"priority\": 1, \"channel\": \"email\", \"team\": null}");
    add("{\"team\":\"büro \\\"b\\\"\"}", "{ \"team\" : \"b\\u00fcro \\\"b\\\"\" }");
    add("{\"vip\":\"true\"}", "{\"vip\": true}");
    add("{\"\":\"\",\"a\":\"客服\"}", "{\"a\": \"客服\", \"\": \"\"}");
  }

  private TestLabels() {}

  private static void add(String canonical, String asFed) {
    FEED.put(LabelSet.key(canonical), asFed);
  }

  /** The key of one of the sets. */
  public static long any(RandomGenerator random) {
    List<Long> keys = List.copyOf(FEED.keySet());
    return keys.get(random.nextInt(keys.size()));
  }

  /** The same message with labels. */
  public static Message with(Message message, long labels) {
    return new Message(
        message.a(),
        message.b(),
        message.ts(),
        message.kind(),
        message.automated(),
        labels,
        message.texts());
  }

  /** The labels of a message as a feed has them. */
  public static String json(Message message) {
    String canonical = message.texts().labels();
    return canonical == null ? FEED.get(message.labels()) : canonical;
  }
}
