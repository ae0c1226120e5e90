package io.firstresponse.benchmarks.setup;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Reads the counters of jobs in this JVM at any moment. It is a metric reporter that only keeps
 * references to the counters: nothing is added to the graph of a job, and reading costs the job
 * nothing.
 */
public final class MetricTap implements MetricReporter {

  /** The factory that Flink finds the reporter by. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new MetricTap();
    }
  }

  private record Place(String job, String operator, String name) {}

  // Counters stay here after their task has ended, so that the final values can be read.
  private static final Map<Counter, Place> COUNTERS = new ConcurrentHashMap<>();

  /**
   * The sum of a counter over all subtasks. The most recent increments may not be visible yet.
   *
   * @param operator the beginning of the operator's name; empty for all operators
   */
  static long sum(JobID job, String operator, String name) {
    String id = job.toString();
    long sum = 0;
    for (Map.Entry<Counter, Place> counter : COUNTERS.entrySet()) {
      Place place = counter.getValue();
      if (place.job.equals(id) && place.name.equals(name) && place.operator.startsWith(operator)) {
        sum += counter.getKey().getCount();
      }
    }
    return sum;
  }

  static void forget(JobID job) {
    COUNTERS.values().removeIf(place -> place.job.equals(job.toString()));
  }

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (metric instanceof Counter counter) {
      Map<String, String> variables = group.getAllVariables();
      String operator = variables.get("<operator_name>");
      if (operator != null) {
        COUNTERS.put(counter, new Place(variables.get("<job_id>"), operator, name));
      }
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}
}
