package io.firstresponse.local;

import io.firstresponse.job.intake.Intake;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Progress of a job in this process, from its metrics. It is a metric reporter, to which Flink adds
 * each metric.
 */
public final class RunMetrics implements MetricReporter {

  /** Found by Flink as a service. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new RunMetrics();
    }
  }

  /** A metric of the source: how many of the files that it has found are not read to their end. */
  private static final String FILES_UNREAD = "filesUnread";

  private static final Set<String> COUNTS =
      Arrays.stream(Count.values()).map(Count::metric).collect(Collectors.toUnmodifiableSet());

  private static final String FIRST_ATTEMPT = "0";

  private static final Map<String, OfJob> JOBS = new ConcurrentHashMap<>();

  /** The metrics of one job. */
  static final class OfJob {

    @Nullable private volatile Gauge<?> filesUnread;
    private final Map<String, Long> readBefore = new ConcurrentHashMap<>();
    // Those of the latest attempt of each task.
    private final Map<String, Map<String, Counter>> counts = new ConcurrentHashMap<>();

    /** Whether all existing files have been found and read to their end. */
    boolean allFilesRead() {
      Gauge<?> unread = filesUnread;
      return unread != null && unread.getValue() instanceof Number files && files.longValue() == 0;
    }

    /** Whether each message that was read has reached the operator and its published sessions. */
    boolean allPublished() {
      return new Conservation(
                  count(Count.READ),
                  count(Count.USED),
                  count(Count.IGNORED),
                  count(Count.LATE),
                  count(Count.DEAD),
                  count(Count.WAITING),
                  count(Count.EVENTS),
                  count(Count.HANDOVERS),
                  count(Count.SKIPPED),
                  count(Count.FURTHER))
              .holds()
          && count(Count.UNPUBLISHED) == 0;
    }

    private long count(Count count) {
      return counts.getOrDefault(count.metric(), Map.of()).values().stream()
          .mapToLong(Counter::getCount)
          .sum();
    }

    /** How many records were read before this run, by the state that the job started from. */
    long readBefore() {
      return readBefore.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  static OfJob of(JobID job) {
    return of(job.toString());
  }

  private static OfJob of(String job) {
    return JOBS.computeIfAbsent(job, missing -> new OfJob());
  }

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    Map<String, String> variables = group.getAllVariables();
    if (metric instanceof Counter counter && COUNTS.contains(name)) {
      of(variables.get("<job_id>"))
          .counts
          .computeIfAbsent(name, missing -> new ConcurrentHashMap<>())
          .put(variables.get("<operator_id>") + variables.get("<subtask_index>"), counter);
    }
    if (!(metric instanceof Gauge<?> gauge)) {
      return;
    }
    if (name.equals(FILES_UNREAD)) {
      of(variables.get("<job_id>")).filesUnread = gauge;
    } else if (name.equals(Intake.READ_BEFORE)
        && FIRST_ATTEMPT.equals(variables.get("<task_attempt_num>"))) {
      // Later attempts start from a checkpoint of this run.
      of(variables.get("<job_id>"))
          .readBefore
          .put(variables.get("<subtask_index>"), (Long) gauge.getValue());
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    if (name.equals(FILES_UNREAD)) {
      OfJob job = of(group.getAllVariables().get("<job_id>"));
      if (job.filesUnread == metric) {
        job.filesUnread = null;
      }
    }
  }
}
