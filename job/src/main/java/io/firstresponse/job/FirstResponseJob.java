package io.firstresponse.job;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.JobOptions;
import io.firstresponse.job.options.OptionParser;
import io.firstresponse.job.options.OptionReference;
import io.firstresponse.job.tables.JobStart;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.tables.TableOwnership;
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

/**
 * Exact first-response times from chat messages: the program that {@code flink run} takes.
 * Arguments are those of {@link JobOptions}.
 */
public final class FirstResponseJob {

  private FirstResponseJob() {}

  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.print(OptionReference.help());
      return;
    }
    Configuration options = OptionParser.parse(args);
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
   * Checks the tables and defines the job, but starts nothing.
   *
   * @return how the job starts on its tables
   * @throws BadOptionException when something is not as the options say
   */
  public static JobStart define(StreamExecutionEnvironment env, Configuration options) {
    refuseUnalignedCheckpoints(env);
    refuseChangelog(env);
    ResultDatabase database = new ResultDatabase(options);
    database
        .connections()
        .passwordExposure()
        .ifPresent(
            said -> System.err.printf("%s: %s.%n", JobOptions.JDBC_PASSWORD_FILE.key(), said));
    var source = MessageSources.of(options);
    streamFromState(env);
    boolean batch = isBatch(env, source);
    if (batch) {
      runAtOnce(env);
    }
    database.runsAsBatch(batch);
    new TableCheck(database, options).run();
    if (!(env instanceof StreamPlanEnvironment)) {
      // That one, of flink info, submits nothing.
      database.start(new TableOwnership(database, options, env.getConfiguration()).take());
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
        deadLetters(env, options, source, database));
    // Shown on the web page. There is no secret among the options.
    env.getConfig().setGlobalJobParameters(options);
    return database.start();
  }

  /**
   * Whether the input is read from its beginning to its end decides what becomes of old letters.
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
   * In a checkpoint that overtakes messages the watermark has come further in some tasks than in
   * others. After a restore the others' messages would be late that were not.
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

  /** On the heap, state is changed in place, and the changelog would not have it. */
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

  /** A batch would begin anew: Flink restores no state there. */
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

  /** As Flink decides. */
  private static boolean isBatch(StreamExecutionEnvironment env, Source<?, ?, ?> source) {
    return switch (env.getConfiguration().get(ExecutionOptions.RUNTIME_MODE)) {
      case BATCH -> true;
      case STREAMING -> false;
      case AUTOMATIC -> source.getBoundedness() == Boundedness.BOUNDED;
    };
  }

  /**
   * A batch is a stream without watermarks and checkpoints: {@link
   * io.firstresponse.job.sessions.FirstResponseFunction} keeps what waits for the end, where Flink
   * would sort it.
   */
  private static void runAtOnce(StreamExecutionEnvironment env) {
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    env.getCheckpointConfig().disableCheckpointing();
  }

  /** What the job is called on the web page. */
  public static String name(Configuration options) {
    return "First Response, " + options.get(JobOptions.RESPONSE_MODE);
  }
}
