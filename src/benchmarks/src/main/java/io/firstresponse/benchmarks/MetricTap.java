package io.firstresponse.benchmarks;

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
 * Reads the counters of jobs that run in this JVM, at any moment and at no cost to them: a reporter
 * that only remembers where the counters are. So a job can be watched as it is shipped, with
 * nothing put into its graph.
 */
public final class MetricTap implements MetricReporter {

  /** How Flink finds the reporter. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new MetricTap();
    }
  }

  private record Place(String job, String operator, String name) {}

  // Kept after a task has ended, for its last values.
  private static final Map<Counter, Place> COUNTERS = new ConcurrentHashMap<>();

  /**
   * The sum of a counter over all subtasks; what they counted a moment ago may not be seen yet.
   *
   * @param operator the beginning of the operator's name, empty for those of any
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
