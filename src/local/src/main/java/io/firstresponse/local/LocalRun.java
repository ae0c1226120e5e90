package io.firstresponse.local;

import io.firstresponse.job.FailureReason;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.SinkOptions;
import io.firstresponse.job.ownership.JobStart;
import io.firstresponse.job.tables.ResultDatabase;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;

/**
 * {@code scripts/run-local}: runs the job in this process, with the same options as {@code flink
 * run}. With a folder for its state, a run starts from the state of the last one. The comment in
 * {@code scripts/run-local} has the exit codes.
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

  /** Runs to the end, and returns the exit code. */
  static int run(String[] args) {
    try {
      TemporaryFolder.own();
      LocalOptions local = LocalOptions.parse(args);
      Configuration options = JobOptions.parse(local.job().toArray(String[]::new));
      if (local.state().isEmpty()) {
        return start(local, options, new Configuration(), begun -> {}).untilItsEnd();
      }
      Configuration endless = StateInput.endless(options);
      try (StateFolder state = StateFolder.open(local.state().get())) {
        startOverWithoutState(state, endless);
        Configuration settings = state.settings(endless.get(SinkOptions.START_OVER));
        boolean fromNothing = !settings.contains(StateRecoveryOptions.SAVEPOINT_PATH);
        RunningJob job =
            start(
                local,
                endless,
                settings,
                begun -> {
                  if (fromNothing) {
                    state.begin(begun.tables());
                  }
                });
        return job.withState(state, StateInput.ends(options));
      }
    } catch (BadOptionException e) {
      System.err.println(e.getMessage());
      return BAD_OPTION;
    } catch (ExecutionException e) {
      System.err.printf("The job failed: %s (log: %s)%n", FailureReason.of(e), logFile());
      return FAILED;
    } catch (Exception e) {
      // Thrown on, it would end this thread only; threads of Flink would keep the process alive.
      e.printStackTrace();
      return FAILED;
    }
  }

  /**
   * If the last run ended before its first checkpoint, it has left rows and no state: they are
   * computed again. It cannot be running, since this process has the lock of the folder.
   *
   * @param options of the job; start-over and take-over are set where needed
   * @throws BadOptionException when the state belongs to other tables
   */
  private static void startOverWithoutState(StateFolder state, Configuration options)
      throws IOException {
    Optional<String> written = state.tables();
    if (written.isEmpty()) {
      return;
    }
    boolean same =
        new ResultDatabase(options).ownership(new Configuration()).tables().equals(written);
    boolean hasState = state.hasState();
    if (same && !hasState) {
      options.set(SinkOptions.START_OVER, true);
      options.set(SinkOptions.TAKE_OVER, true);
    } else if (!same && hasState && !options.get(SinkOptions.START_OVER)) {
      throw state.isOfOtherTables(options);
    }
  }

  private static RunningJob start(
      LocalOptions local, Configuration options, Configuration over, Consumer<JobStart> begins)
      throws Exception {
    LocalFlink flink =
        LocalFlink.configured(System.getProperty(CONF_PROPERTY), local.settings(), over);
    StopSignals signals = StopSignals.listen();
    JobClient client = flink.start(options, begins);
    System.out.printf("running; web page %s, log %s%n", flink.webPage(), logFile());
    return new RunningJob(flink, client, options, signals.exitCode(), System.out);
  }

  static String logFile() {
    return System.getProperty("log.file");
  }
}
