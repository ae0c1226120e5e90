package io.firstresponse.job.source.datagen;

import io.firstresponse.job.decode.LabelSet;
import io.firstresponse.job.domain.Texts;
import java.io.Serial;
import java.io.Serializable;
import java.util.List;

/** The label sets of generated messages: each has a channel, a priority and a team. */
final class GeneratedLabels implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  static final int MAX_SETS = 100_000;

  private static final List<String> CHANNELS = List.of("chat", "email", "phone", "web");
  private static final List<String> PRIORITIES = List.of("high", "low", "normal");

  private final long[] keys;
  private final String[] canonical;

  /**
   * @param sets how many there are
   */
  GeneratedLabels(int sets) {
    keys = new long[sets];
    canonical = new String[sets];
    for (int i = 0; i < sets; i++) {
      int channels = CHANNELS.size();
      canonical[i] =
          "{\"channel\":\"%s\",\"priority\":\"%s\",\"team\":\"team %d\"}"
              .formatted(
                  CHANNELS.get(i % channels),
                  PRIORITIES.get(i / channels % PRIORITIES.size()),
                  1 + i / channels / PRIORITIES.size());
      keys[i] = LabelSet.key(canonical[i]);
    }
  }

  /** How many there are. */
  int sets() {
    return keys.length;
  }

  /** The key of a set. */
  long key(int set) {
    return keys[set];
  }

  /** The texts of a message with this set. */
  Texts texts(int set) {
    return Texts.of(null, null, null, null, canonical[set]);
  }
}
