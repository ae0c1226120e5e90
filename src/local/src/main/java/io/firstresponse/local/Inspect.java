package io.firstresponse.local;

import io.firstresponse.job.FailureReason;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.local.inspect.Inspection;
import io.firstresponse.local.inspect.LoadCommand;
import io.firstresponse.local.inspect.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;

/**
 * {@code scripts/inspect}: reads what is there of a feed, with the decoders, the mapping and the
 * state machine of the job, writes to no database, and says what the messages look like. The
 * comment in {@code scripts/inspect} has the exit codes.
 */
public final class Inspect {

  private static final int USABLE = 0;
  private static final int NOT_USABLE = 1;
  private static final int BAD_OPTION = 2;

  private Inspect() {}

  public static void main(String[] args) {
    System.exit(run(args, StopSignals.listen().exitCode()));
  }

  /**
   * Runs to the end, and returns the exit code.
   *
   * @param signal is completed, with an exit code, when the process is asked to end
   */
  static int run(String[] args, CompletableFuture<Integer> signal) {
    try {
      TemporaryFolder.own();
      InspectOptions asked = InspectOptions.parse(args);
      Report report = inspect(asked, signal);
      System.out.print(asked.json() ? report.json() + "\n" : report.text());
      if (signal.isDone()) {
        return signal.join();
      }
      return report.failure().isEmpty() ? USABLE : NOT_USABLE;
    } catch (BadOptionException e) {
      System.err.println(e.getMessage());
      return BAD_OPTION;
    } catch (ExecutionException e) {
      System.err.printf(
          "The inspection failed: %s (log: %s)%n", FailureReason.of(e), LocalRun.logFile());
      return NOT_USABLE;
    } catch (Exception e) {
      // Thrown on, it would end this thread only; threads of Flink would keep the process alive.
      e.printStackTrace();
      return NOT_USABLE;
    }
  }

  private static Report inspect(InspectOptions asked, CompletableFuture<Integer> signal)
      throws Exception {
    Configuration options = JobOptions.parseWithoutTables(asked.job().toArray(String[]::new));
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Configuration bounded = InspectInput.bounded(options, asked.limit().isPresent(), now);
    Inspection inspection = new Inspection(InspectInput.settings(options, now));
    InspectFeed feed = new InspectFeed(inspection, asked.limit().orElse(Long.MAX_VALUE));
    CompletableFuture<Void> unused = signal.thenRun(feed::stop);
    String conf = System.getProperty(LocalRun.CONF_PROPERTY);
    Conservation conservation =
        new InspectJob(LocalFlink.configured(conf, asked.settings()), bounded)
            .run(feed, System.err);
    return Report.of(
        InspectInput.describe(options),
        feed.wasStopped(),
        inspection,
        conservation,
        (loads, recommended) ->
            loads
                ? LoadCommand.loading(
                    script(conf, "run-local"), asked.given(), recommended, options)
                : LoadCommand.of(script(conf, "inspect"), asked.given(), recommended));
  }

  /** The path of a script: in a release it is in another folder than in the source tree. */
  private static String script(String conf, String name) {
    return (Files.exists(Path.of(conf, "..", "bin", name)) ? "bin/" : "scripts/") + name;
  }
}
