package io.firstresponse.job.intake;

import io.firstresponse.job.domain.DeadLetter.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Logs the dead letters of a task by reason: the first one at once, then once a minute while they
 * grow, and the rest at the end.
 */
final class DeadLetterLog {

  private static final long INTERVAL_MILLIS = Duration.ofMinutes(1).toMillis();

  private final InstantSource clock;
  private final Consumer<String> log;
  private final Map<Reason, Long> counts = new EnumMap<>(Reason.class);
  private boolean grown;
  private long nextMillis = Long.MIN_VALUE;

  /**
   * @param log receives one line at a time
   */
  DeadLetterLog(InstantSource clock, Consumer<String> log) {
    this.clock = clock;
    this.log = log;
  }

  /** Counts a dead letter. */
  void add(Reason reason) {
    counts.merge(reason, 1L, Long::sum);
    grown = true;
    writeIfDue();
  }

  /** Writes a line if the counts have grown and the last line is a minute old. */
  void writeIfDue() {
    if (grown && clock.millis() >= nextMillis) {
      write();
    }
  }

  /** Writes a line if the counts have grown. */
  void finish() {
    if (grown) {
      write();
    }
  }

  private void write() {
    grown = false;
    nextMillis = clock.millis() + INTERVAL_MILLIS;
    log.accept(
        counts.entrySet().stream()
            .map(count -> "%,d %s".formatted(count.getValue(), count.getKey().code()))
            .collect(
                Collectors.joining(
                    ", ",
                    "dead letters of this task so far: ",
                    "; details are in tbl_dead_letter")));
  }
}
