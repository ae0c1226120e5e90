package io.firstresponse.job.testing;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.FirstResponseJob;
import io.firstresponse.job.MessageSources;
import io.firstresponse.job.Topology;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A run of the job as a stream on the Flink of a test, from the beginning or from state. It is
 * ended so that another run can continue from its state, and it is not restarted after a failure.
 */
public final class JobRun {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** The state that a job leaves when it is ended. */
  public enum Leaves {
    CANONICAL_SAVEPOINT,
    NATIVE_SAVEPOINT,
    /** The last periodic checkpoint; results after it are published again. */
    CHECKPOINT
  }

  private final JobClient job;
  private final Path folder;

  private JobRun(JobClient job, Path folder) {
    this.job = job;
    this.folder = folder;
  }

  /** Flink's settings of a job whose checkpoints go into a folder. */
  public static Configuration settings(String backend, Path folder) {
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", "STREAMING");
    flink.setString("state.backend.type", backend);
    flink.setString("execution.checkpointing.incremental", "true");
    flink.setString("execution.checkpointing.interval", "200 ms");
    flink.setString("execution.checkpointing.dir", folder.toUri().toString());
    flink.setString(
        "execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
    flink.setString("restart-strategy.type", "none");
    // Counts come with heartbeats, as a rule every 10 s: a test's job may have ended by then.
    flink.setString("heartbeat.interval", "500 ms");
    return flink;
  }

  /**
   * Starts the job.
   *
   * @param state where it goes on from, if not from the beginning
   */
  public static JobRun start(
      Configuration flink,
      int parallelism,
      Configuration options,
      Optional<String> state,
      Path folder)
      throws Exception {
    Configuration settings = new Configuration(flink);
    state.ifPresent(path -> settings.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    StreamExecutionEnvironment env = environment(settings, parallelism);
    FirstResponseJob.define(env, options);
    return new JobRun(env.executeAsync(FirstResponseJob.name(options)), folder);
  }

  /** Starts the job anew, and lets it read no more records a second than that. */
  public static JobRun startSlowly(
      Configuration flink, int parallelism, Configuration options, double perSecond, Path folder)
      throws Exception {
    StreamExecutionEnvironment env = environment(flink, parallelism);
    ResultDatabase database = new ResultDatabase(options);
    new TableCheck(database, options).run();
    Topology.define(
        env,
        options,
        new SlowSource<>(MessageSources.of(options), perSecond),
        false,
        database.start(),
        database.results(),
        database.corrections(),
        database.late(),
        database.deadLetters(),
        database.names(),
        database.labels());
    return new JobRun(env.executeAsync(FirstResponseJob.name(options)), folder);
  }

  private static StreamExecutionEnvironment environment(Configuration flink, int parallelism) {
    return StreamExecutionEnvironment.getExecutionEnvironment(flink).setParallelism(parallelism);
  }

  /**
   * Waits until so many messages have been taken into sessions, before this run or in it, and a
   * checkpoint of this run is complete.
   *
   * @return how many have been
   */
  public long awaitUsed(long count) throws Exception {
    long[] used = {0};
    Await.until(
        count + " messages used, and a checkpoint",
        TIMEOUT,
        () -> {
          if (job.getJobStatus().get().isTerminalState()) {
            // Fails with the reason.
            job.getJobExecutionResult().get();
            throw new AssertionError(
                "it ended before %d messages were used: %d were, and a checkpoint was there: %s"
                    .formatted(count, used[0], lastCheckpoint().isPresent()));
          }
          used[0] = count(Count.USED);
          return used[0] >= count && lastCheckpoint().isPresent();
        });
    return count(Count.USED);
  }

  /** Messages that wait for the watermark, as far as is known. */
  public long waiting() throws Exception {
    return count(Count.READ) - count(Count.USED);
  }

  /** Ends the job, and says where its state is. */
  public String end(Leaves what) throws Exception {
    return switch (what) {
      case CANONICAL_SAVEPOINT -> stop(false, SavepointFormatType.CANONICAL);
      case NATIVE_SAVEPOINT -> stop(false, SavepointFormatType.NATIVE);
      case CHECKPOINT -> cancel();
    };
  }

  /** Ends the job as Flink's {@code stop --drain}, and says where its state is. */
  public String drain() throws Exception {
    return stop(true, SavepointFormatType.NATIVE);
  }

  private String stop(boolean drain, SavepointFormatType format) throws Exception {
    String savepoint =
        job.stopWithSavepoint(drain, folder.resolve("savepoints").toUri().toString(), format).get();
    job.getJobExecutionResult().get();
    return savepoint;
  }

  private String cancel() throws Exception {
    job.cancel().get();
    Await.until("the end", TIMEOUT, () -> job.getJobStatus().get() == JobStatus.CANCELED);
    return lastCheckpoint().orElseThrow().toUri().toString();
  }

  private Optional<Path> lastCheckpoint() throws IOException {
    Path checkpoints = folder.resolve(job.getJobID().toString());
    if (!Files.exists(checkpoints)) {
      return Optional.empty();
    }
    List<Path> complete;
    try (Stream<Path> files = Files.list(checkpoints)) {
      complete = files.filter(path -> Files.exists(path.resolve("_metadata"))).toList();
    }
    return complete.stream()
        .max(
            Comparator.comparing(
                path -> Long.parseLong(path.getFileName().toString().replace("chk-", ""))));
  }

  /**
   * Waits for the end of the input, and says where all messages went, those of earlier runs too.
   */
  public Conservation finish() throws Exception {
    return Conservation.of(job.getJobExecutionResult().get().getAllAccumulatorResults());
  }

  private long count(Count count) throws Exception {
    return Conservation.value(job.getAccumulators().get(), count);
  }
}
