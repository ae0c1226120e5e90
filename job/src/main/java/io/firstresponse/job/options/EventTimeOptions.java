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
              "How late a message may arrive, compared with newer messages already read, and still"
                  + " count. Results wait this long; later messages go to tbl_late. Without effect in"
                  + " batch mode, where all messages are read before results are computed.");

  public static final ConfigOption<Duration> IDLE_TIMEOUT =
      key("event-time.idle-timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription(
              "After this time without a record, a source split no longer holds results back; 0:"
                  + " never. A reader without a split holds results back for a minute at most. Without"
                  + " effect on files.");

  public static final ConfigOption<Duration> MAX_DRIFT =
      key("event-time.max-drift")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription(
              "How far, in event time, one partition may be read ahead of the slowest one, so that"
                  + " its messages do not fill the memory while they wait; 0: without limit. For"
                  + " unbounded Kafka input only; other sources read their splits evenly.");

  public static final ConfigOption<Duration> MAX_FUTURE_SKEW =
      key("event-time.max-future-skew")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription(
              "How far the timestamp of a message may be ahead of the machine's clock. A message"
                  + " further ahead is a dead letter and does not advance the watermark.");

  private EventTimeOptions() {}
}
