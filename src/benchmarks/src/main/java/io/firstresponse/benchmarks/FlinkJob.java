package io.firstresponse.benchmarks;

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

/** A job that runs, and what is seen of it from outside. */
final class FlinkJob {

  /** How exact times are. */
  private static final long LOOK_MILLIS = 5;

  /**
   * When things happened, by {@link System#nanoTime}, seen within some milliseconds.
   *
   * @param firstRead the source had delivered something
   * @param halfRead it had delivered half of all messages
   * @param lastRead it had delivered all of them
   * @param lastSent the last row had been committed, if the job writes to PostgreSQL
   * @param ended the job had ended
   */
  record Times(long firstRead, long halfRead, long lastRead, long lastSent, long ended) {}

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
  long count(String operator, String counter) {
    return MetricTap.sum(id, operator, counter);
  }

  /**
   * Watches the job until it ends well.
   *
   * @param messages how many the source delivers in all
   */
  Times await(long messages) throws Exception {
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

  /** Messages that have left the source. */
  long read() {
    return count("Source: ", "numRecordsOut");
  }

  private boolean ended() throws Exception {
    try {
      JobResult ended = result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      // Throws what the job failed of.
      ended.toJobExecutionResult(FlinkJob.class.getClassLoader());
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /**
   * Waits until something is so.
   *
   * @throws IllegalStateException when the job ends before
   */
  void awaitThat(BooleanSupplier condition) throws Exception {
    while (!condition.getAsBoolean()) {
      look();
    }
  }

  /**
   * Lets a few milliseconds pass.
   *
   * @throws IllegalStateException when the job has ended
   */
  void look() throws Exception {
    if (ended()) {
      throw new IllegalStateException("the job has ended too early");
    }
  }

  /** Waits until all tasks run, but for those that have finished. */
  void awaitRunning() throws Exception {
    awaitThat(
        () -> {
          long running = tasks(ExecutionState.RUNNING);
          // A job that has just been submitted has no tasks yet.
          return running > 0 && running + tasks(ExecutionState.FINISHED) == taskStates().count();
        });
  }

  /** How many tasks are in a state. */
  long tasks(ExecutionState state) {
    return taskStates().filter(state::equals).count();
  }

  private Stream<ExecutionState> taskStates() {
    return StreamSupport.stream(graph().getAllExecutionVertices().spliterator(), false)
        .map(vertex -> vertex.getExecutionState());
  }

  /** Takes a full checkpoint and tells about it. */
  AbstractCheckpointStats checkpoint() throws Exception {
    long checkpoint = cluster.triggerCheckpoint(id, CheckpointType.FULL).get();
    return graph().getCheckpointStatsSnapshot().getHistory().getCheckpointById(checkpoint);
  }

  /** The last completed checkpoints, newest first, as many as Flink remembers. */
  List<AbstractCheckpointStats> checkpoints() {
    return graph().getCheckpointStatsSnapshot().getHistory().getCheckpoints().stream()
        .filter(checkpoint -> checkpoint.getStatus() == CheckpointStatsStatus.COMPLETED)
        .toList();
  }

  /** The longest that a task was held up by a checkpoint, in milliseconds. */
  static long syncMillis(AbstractCheckpointStats checkpoint) {
    return checkpoint.getAllTaskStateStats().stream()
        .mapToLong(task -> task.getSummaryStats().getSyncCheckpointDurationStats().getMaximum())
        .max()
        .orElse(0);
  }

  /** Takes a savepoint in the backend's own format and ends the job. Returns where it is. */
  String stopWithSavepoint(String folder) {
    String savepoint =
        cluster.triggerSavepoint(id, folder, true, SavepointFormatType.NATIVE).join();
    result.join();
    return savepoint;
  }

  /** The longest that a task took from being started to running, in milliseconds. */
  long initializingMillis() {
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

  /** Ends a job that does not end by itself, or not yet; fine if it just has. */
  void cancel() {
    if (!result.isDone()) {
      cluster.cancelJob(id).exceptionally(ended -> null).join();
      result.join();
    }
  }

  /** Lets go of what is remembered of the job. */
  void forget() {
    MetricTap.forget(id);
  }
}
