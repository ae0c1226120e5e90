package io.firstresponse.local.inspect;

import io.firstresponse.job.domain.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectReader;

/**
 * The labels of customers' messages, which sessions have: their names, and how often each value
 * comes, up to limits of both.
 */
final class Labels {

  private static final ObjectReader SETS = new ObjectMapper().readerForMapOf(String.class);

  static final int NAMES = 64;
  static final int VALUES = 1_000;

  /** A value and how many messages have it. */
  record Value(String value, long messages) {}

  /**
   * A label.
   *
   * @param messages how many messages have it
   * @param values how many values it has; {@link #VALUES} if it has more
   * @param more whether it has more
   * @param frequent the most frequent values, at most three
   */
  record Label(String name, long messages, int values, boolean more, List<Value> frequent) {}

  private static final class Counts {
    private long messages;
    private boolean more;
    private final Map<String, Long> values = new LinkedHashMap<>();
  }

  private final Map<String, Counts> labels = new LinkedHashMap<>();
  private boolean moreNames;

  void take(Message message) {
    String set = message.texts().labels();
    if (set == null) {
      return;
    }
    try {
      SETS.<Map<String, String>>readValue(set).forEach(this::take);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not the canonical form of a label set: " + set, e);
    }
  }

  private void take(String name, String value) {
    Counts counts = labels.get(name);
    if (counts == null) {
      if (labels.size() == NAMES) {
        moreNames = true;
        return;
      }
      counts = new Counts();
      labels.put(name, counts);
    }
    counts.messages++;
    if (counts.values.size() < VALUES || counts.values.containsKey(value)) {
      counts.values.merge(value, 1L, Long::sum);
    } else {
      counts.more = true;
    }
  }

  /** Whether there were more names than the limit. */
  boolean moreNames() {
    return moreNames;
  }

  /** The labels in the order in which they came. */
  List<Label> all() {
    List<Label> all = new ArrayList<>();
    labels.forEach(
        (name, counts) ->
            all.add(
                new Label(
                    name,
                    counts.messages,
                    counts.values.size(),
                    counts.more,
                    counts.values.entrySet().stream()
                        .sorted(
                            Comparator.comparingLong(Map.Entry<String, Long>::getValue).reversed())
                        .limit(3)
                        .map(entry -> new Value(entry.getKey(), entry.getValue()))
                        .toList())));
    return all;
  }
}
