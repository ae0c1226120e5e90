package io.firstresponse.job;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.options.SinkOptions;
import io.firstresponse.job.ownership.JobStart;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import java.util.List;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.client.program.StreamPlanEnvironment;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateChangelogOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.TernaryBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes exact first-response times from chat messages. This is the main class of the job's jar,
 * which {@code flink run} starts. The arguments are the options of {@link JobOptions}.
 */
public final class FirstResponseJob {

  private static final Logger LOG = LoggerFactory.getLogger(FirstResponseJob.class);

  private FirstResponseJob() {}

  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.print(JobOptions.reference().help());
      return;
    }
    if (List.of(args).contains("--version")) {
      System.out.println(JobSummary.version());
      return;
    }
    Configuration options = JobOptions.parse(args);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    define(env, options);
    JobExecutionResult result;
    try {
      result = env.execute(name(options));
    } catch (Exception e) {
      throw ExceptionUtils.findThrowable(e, JobExecutionException.class).isPresent()
          ? new JobFailedException(e)
          : e;
    }
    if (result.isJobExecutionResult()) {
      RunOutcome outcome = RunOutcome.of(result.getAllAccumulatorResults(), options);
      outcome.deadLetters().forEach(System.out::println);
      System.out.println(outcome.conservation());
      outcome.check();
    }
  }

  /**
   * Checks the tables and defines the job, but does not start it.
   *
   * @return how the job starts on its tables
   * @throws BadOptionException when an option, the input or a table does not fit
   */
  public static JobStart define(StreamExecutionEnvironment env, Configuration options) {
    refuseUnalignedCheckpoints(env);
    refuseChangelog(env);
    ResultDatabase database = new ResultDatabase(options);
    database
        .connections()
        .passwordExposure()
        .ifPresent(said -> System.err.printf("%s: %s.%n", SinkOptions.PASSWORD_FILE.key(), said));
    var source = MessageSources.of(options);
    streamFromState(env);
    boolean batch = isBatch(env, source);
    if (batch) {
      streamWithoutCheckpoints(env);
    }
    database.runsAsBatch(batch);
    new TableCheck(database, options).run();
    if (!(env instanceof StreamPlanEnvironment)) {
      // Under "flink info" nothing is submitted, so the tables are left alone.
      database.start(database.ownership(env.getConfiguration()).take());
    }
    Topology.define(
        env,
        options,
        source,
        batch,
        database.start(),
        database.results(),
        database.corrections(),
        database.late(),
        deadLetters(env, options, source, database),
        database.names(),
        database.labels());
    LOG.info(JobSummary.of(options, database.connections().toString()));
    // Shown on Flink's web page. No option holds a secret.
    env.getConfig().setGlobalJobParameters(options);
    return database.start();
  }

  /**
   * A run that reads its files from beginning to end deletes the dead letters of earlier runs that
   * it does not produce again.
   */
  private static Sink<DeadLetter> deadLetters(
      StreamExecutionEnvironment env,
      Configuration options,
      Source<Received, ?, ?> source,
      ResultDatabase database) {
    boolean all =
        source.getBoundedness() == Boundedness.BOUNDED
            && env.getConfiguration().getOptional(StateRecoveryOptions.SAVEPOINT_PATH).isEmpty();
    return MessageSources.root(options)
        .filter(root -> all)
        .map(database::deadLettersOfAll)
        .orElseGet(database::deadLetters);
  }

  /**
   * An unaligned checkpoint keeps messages in flight, behind different watermarks in different
   * tasks. After a restore, some of them would be late that were not late before.
   */
  private static void refuseUnalignedCheckpoints(StreamExecutionEnvironment env) {
    if (env.getCheckpointConfig().isUnalignedCheckpointsEnabled()) {
      throw new BadOptionException(
          "%s: not true for this job: after a restore from such a checkpoint, messages would be late that were not. Turn it off in Flink's config.yaml, or give -D%s=false."
              .formatted(
                  CheckpointingOptions.ENABLE_UNALIGNED.key(),
                  CheckpointingOptions.ENABLE_UNALIGNED.key()));
    }
  }

  /** State on the heap is changed in place, which a changelog does not record. */
  private static void refuseChangelog(StreamExecutionEnvironment env) {
    if (env.isChangelogStateBackendEnabled() == TernaryBoolean.TRUE) {
      throw new BadOptionException(
          "%s: not true for this job: a changelog does not have what changes in the state of a shard. Turn it off in Flink's config.yaml, or give -D%s=false."
              .formatted(
                  StateChangelogOptions.ENABLE_STATE_CHANGE_LOG.key(),
                  StateChangelogOptions.ENABLE_STATE_CHANGE_LOG.key()));
    }
    // The configuration of a cluster may have it too.
    env.enableChangelogStateBackend(false);
  }

  /** A batch would ignore the savepoint: Flink restores no state there. */
  private static void streamFromState(StreamExecutionEnvironment env) {
    ReadableConfig flink = env.getConfiguration();
    if (flink.getOptional(StateRecoveryOptions.SAVEPOINT_PATH).isEmpty()) {
      return;
    }
    if (flink.get(ExecutionOptions.RUNTIME_MODE) == RuntimeExecutionMode.BATCH) {
      throw new BadOptionException(
          "%s: not BATCH with a savepoint: a batch does not go on from state. Leave it out."
              .formatted(ExecutionOptions.RUNTIME_MODE.key()));
    }
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
  }

  /** Whether the job runs as a batch, by the rule of Flink. */
  private static boolean isBatch(StreamExecutionEnvironment env, Source<?, ?, ?> source) {
    return switch (env.getConfiguration().get(ExecutionOptions.RUNTIME_MODE)) {
      case BATCH -> true;
      case STREAMING -> false;
      case AUTOMATIC -> source.getBoundedness() == Boundedness.BOUNDED;
    };
  }

  /**
   * Runs a batch as a stream without watermarks and checkpoints. In Flink's own batch mode all
   * messages would be sorted by key first; {@link
   * io.firstresponse.job.sessions.FirstResponseFunction} keeps them until the end instead.
   */
  private static void streamWithoutCheckpoints(StreamExecutionEnvironment env) {
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    env.getCheckpointConfig().disableCheckpointing();
  }

  /** The job's name on Flink's web page. */
  public static String name(Configuration options) {
    return "First Response, " + options.get(ResultOptions.RESPONSE_MODE);
  }
}
