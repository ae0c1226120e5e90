package io.firstresponse.local;

import io.firstresponse.job.FailureReason;
import io.firstresponse.job.RunOutcome;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.OptionParser;
import io.firstresponse.job.options.OptionReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;

/**
 * The job in this process, with the same options as with {@code flink run}, into the user's own
 * PostgreSQL. Exit codes: 0 when bounded input has been taken in, 1 when the job failed or what it
 * wrote is not complete, 2 when an option is wrong.
 */
public final class LocalRun {

  /** The folder of {@code config.yaml}. */
  static final String CONF_PROPERTY = "first-response.conf";

  private static final int FAILED = 1;
  private static final int BAD_OPTION = 2;

  private LocalRun() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    List<String> own = new ArrayList<>(List.of(args));
    if (own.contains("--help")) {
      System.out.print(OptionReference.help());
      return 0;
    }
    List<String> settings = LocalFlink.takeSettings(own);
    try {
      Configuration options = OptionParser.parse(own.toArray(String[]::new));
      LocalFlink flink = LocalFlink.configured(System.getProperty(CONF_PROPERTY), settings);
      JobClient client = flink.start(options);
      System.out.printf("running; web page %s, log %s%n", flink.webPage(), logFile());
      JobExecutionResult result =
          new Progress(System.out, Duration.ofSeconds(5), () -> -1, flink::lastFailure)
              .await(client);
      RunOutcome outcome = RunOutcome.of(result.getAllAccumulatorResults(), options);
      System.out.println(outcome.conservation());
      outcome.failure().ifPresent(System.out::println);
      return outcome.conservation().holds() && outcome.failure().isEmpty() ? 0 : FAILED;
    } catch (BadOptionException e) {
      System.err.println(e.getMessage());
      return BAD_OPTION;
    } catch (ExecutionException e) {
      System.err.printf("The job failed: %s (log: %s)%n", FailureReason.of(e), logFile());
      return FAILED;
    } catch (Exception e) {
      // Thrown on, it would end this thread alone: Flink's go on, and the process with them.
      e.printStackTrace();
      return FAILED;
    }
  }

  static String logFile() {
    return System.getProperty("log.file");
  }
}
