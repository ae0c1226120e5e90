package io.firstresponse.job.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;

/** How far out of order messages may be, and how watermarks advance. */
public final class EventTimeOptions {

  public static final ConfigOption<Duration> MAX_OUT_OF_ORDERNESS =
      key("event-time.max-out-of-orderness")
          .durationType()
          .defaultValue(Duration.ofSeconds(60))
          .withDescription(
              "How much later than a message stamped after it a message may arrive and still take"
                  + " part. Results wait this long; later messages go to tbl_late. Without effect in"
                  + " batch mode, where everything waits for the end.");

  public static final ConfigOption<Duration> IDLE_TIMEOUT =
      key("event-time.idle-timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription(
              "After this long without a record a source split no longer holds results back;"
                  + " 0: it always does. A reader without a split never does for longer than a"
                  + " minute. Without effect on files: they are finite, and a reader that waits for"
                  + " one follows the others.");

  public static final ConfigOption<Duration> MAX_DRIFT =
      key("event-time.max-drift")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription(
              "How far, in event time, one partition may be read ahead of the slowest, so that its"
                  + " messages do not fill the memory while they wait; 0: any far. For unbounded"
                  + " Kafka input; other sources read their splits evenly or one by one.");

  public static final ConfigOption<Duration> MAX_FUTURE_SKEW =
      key("event-time.max-future-skew")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription(
              "How far ahead of the machine's clock a message may be stamped. One further ahead is a"
                  + " dead letter and moves no watermark.");

  private EventTimeOptions() {}
}
