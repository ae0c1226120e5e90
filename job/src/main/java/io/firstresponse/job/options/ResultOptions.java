package io.firstresponse.job.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.firstresponse.job.domain.ResponseMode;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;

/** What the job computes and when it publishes a session. */
public final class ResultOptions {

  /** When rows are written. */
  public enum Results {
    /** When the watermark has passed their messages, so that nothing can change them. */
    FINAL,
    /** At once as provisional rows, and again whenever they change. */
    LIVE;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  public static final ConfigOption<ResponseMode> RESPONSE_MODE =
      key("response-mode")
          .enumType(ResponseMode.class)
          .defaultValue(ResponseMode.ANY_AGENT)
          .withDescription(
              "Who may answer a customer: any agent (sessions belong to a customer), or only the"
                  + " agent written to (sessions belong to a customer and an agent).");

  public static final ConfigOption<Results> RESULTS =
      key("results")
          .enumType(Results.class)
          .defaultValue(Results.FINAL)
          .withDescription(
              "When rows are written: once they are final (event-time.max-out-of-orderness after"
                  + " their messages), or at once, corrected in place until they are final.");

  @LongerThanZero
  public static final ConfigOption<Duration> LIVE_INTERVAL =
      key("results.live-interval")
          .durationType()
          .defaultValue(Duration.ofMillis(200))
          .withDescription(
              "With live results: how often the rows of customers with new messages are written."
                  + " While the job catches up it is 1 s at least, and a row that is about to become"
                  + " final is written once, when it is final.");

  public static final ConfigOption<Boolean> CORRECTIONS =
      key("results.corrections")
          .booleanType()
          .defaultValue(true)
          .withDescription(
              "With live results: keep in tbl_correction what was published and then corrected.");

  private ResultOptions() {}
}
