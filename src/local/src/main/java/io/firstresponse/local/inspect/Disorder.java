package io.firstresponse.local.inspect;

import io.firstresponse.job.domain.Message;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far out of order messages are as they lie there, and how many of them a bound would make
 * late.
 *
 * <p>The rule is that of the job's watermarks. With a bound, the watermark of a split is 1 ms and
 * the bound behind its latest message so far, and a message at or behind it is late. A message's
 * delay is how far it is behind the latest one before it, so it is late if the delay is longer than
 * the bound. Messages of one record enter the job together, so none of them is late because of
 * another. A close is late like a message. The job emits watermarks a few times a second, and reads
 * several splits side by side, whose slowest one counts. So at most as many messages are late as
 * found here.
 */
final class Disorder {

  /** The bounds that the report shows. */
  static final List<Duration> BOUNDS =
      List.of(
          Duration.ZERO,
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          Duration.ofMinutes(1),
          Duration.ofMinutes(10),
          Duration.ofHours(1),
          Duration.ofDays(1));

  /** The longest bound that the option accepts. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final boolean oneAfterAnother;
  private final Duration least;
  private final Map<String, Long> latest = new HashMap<>();
  private final Quantiles delays = new Quantiles();
  private final long[] late = new long[BOUNDS.size()];
  private long inOrder;

  /**
   * @param oneAfterAnother whether the splits are read one after another, as files are: then a
   *     message may be late because of one in an earlier split
   * @param least the shortest bound to recommend: the order of a file is not that of arrival
   */
  Disorder(boolean oneAfterAnother, Duration least) {
    this.oneAfterAnother = oneAfterAnother;
    this.least = least;
  }

  /** Takes the messages of one record. */
  void take(String split, List<Message> messages) {
    String key = oneAfterAnother ? "" : split;
    long before = latest.getOrDefault(key, Long.MIN_VALUE);
    long now = before;
    for (Message message : messages) {
      take(before == Long.MIN_VALUE ? 0 : Math.max(0, before - message.millis()));
      now = Math.max(now, message.millis());
    }
    latest.put(key, now);
  }

  private void take(long delayMillis) {
    delays.add(delayMillis);
    if (delayMillis == 0) {
      inOrder++;
    }
    for (int i = 0; i < late.length; i++) {
      if (delayMillis > BOUNDS.get(i).toMillis()) {
        late[i]++;
      }
    }
  }

  /** How many messages and closes there are. */
  long all() {
    return delays.count();
  }

  /** How many messages are not behind an earlier one. */
  long inOrder() {
    return inOrder;
  }

  /** The delay, in milliseconds, that so many percent of the messages do not exceed. */
  long delayMillis(int percent) {
    return delays.at(percent);
  }

  long longestDelayMillis() {
    return delays.max();
  }

  /** How many messages would be late with one of {@link #BOUNDS}. */
  long late(int bound) {
    return late[bound];
  }

  /** The shortest of the usual bounds with which no message is late; empty if none is accepted. */
  Optional<Duration> recommended() {
    Duration usual = Spans.usual(delays.max());
    return Optional.of(usual.compareTo(least) < 0 ? least : usual)
        .filter(bound -> bound.compareTo(LONGEST) <= 0);
  }

  /**
   * The number of the shortest of {@link #BOUNDS} with which at most one message in a thousand is
   * late, if it is much shorter than the recommended one; empty otherwise.
   */
  Optional<Integer> nearlyEnough() {
    for (int i = 0; i < late.length; i++) {
      long shown = BOUNDS.get(i).toMillis();
      if (late[i] * 1000 <= delays.count() && shown >= least.toMillis()) {
        return late[i] > 0 && shown < delays.max() / 4 ? Optional.of(i) : Optional.empty();
      }
    }
    return Optional.empty();
  }
}
