package io.firstresponse.local;

import io.firstresponse.job.MessageSources;
import io.firstresponse.job.Topology;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.ownership.JobStart;
import io.firstresponse.job.source.ObservedSource;
import io.firstresponse.job.tally.Conservation;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The job of an inspection: the graph of the job, as a batch with one task of each kind, and with
 * an inspection at its source and in the place of its tables.
 */
final class InspectJob {

  private static final String NAME = "First Response, inspection";
  private static final Duration PROGRESS = Duration.ofSeconds(5);

  private final LocalFlink flink;
  private final Configuration options;

  /**
   * @param options of a job whose input ends
   */
  InspectJob(LocalFlink flink, Configuration options) {
    this.flink = flink;
    this.options = options;
  }

  /**
   * Runs to the end, and returns the counts of the job.
   *
   * @param feed hands the records and sessions on
   * @param progress where the progress of a long run is printed
   * @throws ExecutionException when the job has failed
   */
  Conservation run(InspectFeed feed, PrintStream progress) throws Exception {
    try (ProcessObject<InspectFeed> reference = new ProcessObject<>(feed)) {
      Source<Received, ?, ?> source =
          MessageSources.of(options, new InspectFeed.Observer(reference));
      StreamExecutionEnvironment env = flink.environment();
      env.setParallelism(1);
      // As the job runs a batch. A failure is final: records would be counted twice.
      env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
      env.getCheckpointConfig().disableCheckpointing();
      env.configure(new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none"));
      Topology.define(
          env,
          options,
          new ObservedSource<>(source, new InspectFeed.Listener(reference)),
          true,
          JobStart.WITHOUT_TABLES,
          new InspectFeed.Sessions(reference),
          Optional.empty(),
          new DiscardingSink<>(),
          new DiscardingSink<>(),
          Optional.empty(),
          Optional.empty());
      JobClient client = env.executeAsync(NAME);
      return Conservation.of(
          new Progress(progress, PROGRESS, () -> -1, job -> Optional.empty())
              .await(client)
              .getAllAccumulatorResults());
    }
  }
}
