package io.firstresponse.job.source.datagen;

import io.firstresponse.job.decode.LabelSet;
import java.io.Serial;
import java.io.Serializable;
import java.util.List;

/** The label sets of generated messages, and how often each is drawn. */
final class GeneratedLabels implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  /** The most sets of even traffic. */
  static final int MAX_SETS = 100_000;

  private static final List<String> CHANNELS = List.of("chat", "email", "phone", "web");
  private static final List<String> PRIORITIES = List.of("high", "low", "normal");

  /**
   * A label set of a support desk.
   *
   * @param weight how often it is drawn, relative to the others
   */
  private record DeskSet(int weight, String channel, String inbox, String priority) {

    String canonical() {
      return "{\"channel\":\"%s\",\"inbox\":\"%s\",\"priority\":\"%s\"}"
          .formatted(channel, inbox, priority);
    }
  }

  /** From the most frequent one to the rarest. */
  private static final List<DeskSet> DESK =
      List.of(
          new DeskSet(30, "chat", "orders", "normal"),
          new DeskSet(16, "email", "returns", "normal"),
          new DeskSet(12, "chat", "technical", "normal"),
          new DeskSet(10, "email", "orders", "normal"),
          new DeskSet(8, "chat", "orders", "high"),
          new DeskSet(6, "web", "payments", "normal"),
          new DeskSet(5, "email", "technical", "high"),
          new DeskSet(4, "social", "orders", "normal"),
          new DeskSet(3, "chat", "technical", "urgent"),
          new DeskSet(3, "web", "technical", "normal"),
          new DeskSet(2, "email", "payments", "high"),
          new DeskSet(1, "social", "orders", "urgent"));

  /** The most sets of a support desk. */
  static final int MAX_DESK_SETS = DESK.size();

  private final long[] keys;
  private final String[] canonical;
  // For each set: the sum of its weight and those before it.
  private final long[] weights;

  private GeneratedLabels(String[] canonical, long[] weights) {
    this.canonical = canonical;
    this.weights = weights;
    keys = new long[canonical.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = LabelSet.key(canonical[i]);
    }
  }

  /**
   * Sets with a channel, a priority and a team, all equally frequent.
   *
   * @param sets how many, 0 for none
   */
  static GeneratedLabels even(int sets) {
    String[] canonical = new String[sets];
    long[] weights = new long[sets];
    int channels = CHANNELS.size();
    for (int i = 0; i < sets; i++) {
      canonical[i] =
          "{\"channel\":\"%s\",\"priority\":\"%s\",\"team\":\"team %d\"}"
              .formatted(
                  CHANNELS.get(i % channels),
                  PRIORITIES.get(i / channels % PRIORITIES.size()),
                  1 + i / channels / PRIORITIES.size());
      weights[i] = i + 1L;
    }
    return new GeneratedLabels(canonical, weights);
  }

  /**
   * Sets with a channel, an inbox and a priority, of which some are much more frequent than others.
   *
   * @param sets how many, the most frequent ones; 0 for none
   */
  static GeneratedLabels ofDesk(int sets) {
    String[] canonical = new String[sets];
    long[] weights = new long[sets];
    long sum = 0;
    for (int i = 0; i < sets; i++) {
      canonical[i] = DESK.get(i).canonical();
      sum += DESK.get(i).weight();
      weights[i] = sum;
    }
    return new GeneratedLabels(canonical, weights);
  }

  /** How many there are. */
  int sets() {
    return keys.length;
  }

  /** The set that a random number draws. */
  int draw(long random) {
    long drawn = Workload.below(weights[weights.length - 1], random);
    int low = 0;
    int high = weights.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (drawn < weights[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The key of a set. */
  long key(int set) {
    return keys[set];
  }

  /** A set in its canonical form. */
  String canonical(int set) {
    return canonical[set];
  }
}
