package io.firstresponse.benchmarks.setup;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.CheckpointStatsStatus;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;

/** A running job, observed from outside. */
public final class FlinkJob {

  /** The interval of observation, and so the precision of times. */
  private static final long LOOK_MILLIS = 5;

  /**
   * Times of {@link System#nanoTime}, precise to a few milliseconds.
   *
   * @param firstRead the source had delivered its first messages
   * @param halfRead the source had delivered half of all messages
   * @param lastRead the source had delivered all messages
   * @param lastSent the last row had been committed, if the job writes to PostgreSQL
   * @param ended the job had ended
   */
  public record Times(long firstRead, long halfRead, long lastRead, long lastSent, long ended) {}

  private final MiniCluster cluster;
  private final JobID id;
  private final CompletableFuture<JobResult> result;

  private FlinkJob(MiniCluster cluster, JobID id) {
    this.cluster = cluster;
    this.id = id;
    this.result = cluster.requestJobResult(id);
  }

  static FlinkJob submit(MiniCluster cluster, JobGraph graph) {
    cluster.submitJob(graph).join();
    return new FlinkJob(cluster, graph.getJobID());
  }

  /** The sum of a counter; see {@link MetricTap}. */
  public long count(String operator, String counter) {
    return MetricTap.sum(id, operator, counter);
  }

  /**
   * Observes the job until it has ended.
   *
   * @param messages the number of messages that the source delivers in all
   */
  public Times await(long messages) throws Exception {
    long firstRead = 0;
    long halfRead = 0;
    long lastRead = 0;
    long lastSent = 0;
    long sent = 0;
    while (true) {
      boolean ended = ended();
      long now = System.nanoTime();
      long read = read();
      if (firstRead == 0 && read > 0) {
        firstRead = now;
      }
      if (halfRead == 0 && read >= messages / 2) {
        halfRead = now;
      }
      if (lastRead == 0 && read >= messages) {
        lastRead = now;
      }
      long rows = count("", "rowsSent");
      if (rows > sent) {
        sent = rows;
        lastSent = now;
      }
      if (ended) {
        if (read != messages) {
          throw new IllegalStateException(
              "the job read %d messages instead of %d".formatted(read, messages));
        }
        return new Times(firstRead, halfRead, lastRead, lastSent, now);
      }
    }
  }

  /** The number of messages that have left the source. */
  public long read() {
    return count("Source: ", "numRecordsOut");
  }

  private boolean ended() throws Exception {
    try {
      JobResult ended = result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      // Throws the exception that the job failed with.
      ended.toJobExecutionResult(FlinkJob.class.getClassLoader());
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /**
   * Waits until a condition holds.
   *
   * @throws IllegalStateException when the job ends before
   */
  public void awaitThat(BooleanSupplier condition) throws Exception {
    while (!condition.getAsBoolean()) {
      look();
    }
  }

  /**
   * Waits a few milliseconds.
   *
   * @throws IllegalStateException when the job has ended
   */
  public void look() throws Exception {
    if (ended()) {
      throw new IllegalStateException("the job has ended too early");
    }
  }

  /** Waits until every task runs or has finished. */
  public void awaitRunning() throws Exception {
    awaitThat(
        () -> {
          long running = tasks(ExecutionState.RUNNING);
          // A job that has just been submitted has no tasks yet.
          return running > 0 && running + tasks(ExecutionState.FINISHED) == taskStates().count();
        });
  }

  /** The number of tasks in a state. */
  public long tasks(ExecutionState state) {
    return taskStates().filter(state::equals).count();
  }

  private Stream<ExecutionState> taskStates() {
    return StreamSupport.stream(graph().getAllExecutionVertices().spliterator(), false)
        .map(vertex -> vertex.getExecutionState());
  }

  /** Takes a full checkpoint and returns its statistics. */
  public AbstractCheckpointStats checkpoint() throws Exception {
    long checkpoint = cluster.triggerCheckpoint(id, CheckpointType.FULL).get();
    return graph().getCheckpointStatsSnapshot().getHistory().getCheckpointById(checkpoint);
  }

  /** The completed checkpoints that Flink still lists, newest first. */
  public List<AbstractCheckpointStats> checkpoints() {
    return graph().getCheckpointStatsSnapshot().getHistory().getCheckpoints().stream()
        .filter(checkpoint -> checkpoint.getStatus() == CheckpointStatsStatus.COMPLETED)
        .toList();
  }

  /**
   * The longest synchronous part of a checkpoint in any task, in milliseconds. The task processes
   * no messages meanwhile.
   */
  public static long syncMillis(AbstractCheckpointStats checkpoint) {
    return checkpoint.getAllTaskStateStats().stream()
        .mapToLong(task -> task.getSummaryStats().getSyncCheckpointDurationStats().getMaximum())
        .max()
        .orElse(0);
  }

  /** Stops the job with a savepoint in the backend's native format and returns its path. */
  public String stopWithSavepoint(String folder) {
    String savepoint =
        cluster.triggerSavepoint(id, folder, true, SavepointFormatType.NATIVE).join();
    result.join();
    return savepoint;
  }

  /** The longest time that any task spent initializing, in milliseconds. */
  public long initializingMillis() {
    long longest = 0;
    for (var vertex : graph().getAllExecutionVertices()) {
      longest =
          Math.max(
              longest,
              vertex.getStateTimestamp(ExecutionState.RUNNING)
                  - vertex.getStateTimestamp(ExecutionState.INITIALIZING));
    }
    return longest;
  }

  private AccessExecutionGraph graph() {
    return cluster.getExecutionGraph(id).join();
  }

  /** Cancels the job, unless it has ended already. */
  public void cancel() {
    if (!result.isDone()) {
      cluster.cancelJob(id).exceptionally(ended -> null).join();
      result.join();
    }
  }

  /** Removes the counters of the job from {@link MetricTap}. */
  public void forget() {
    MetricTap.forget(id);
  }
}
