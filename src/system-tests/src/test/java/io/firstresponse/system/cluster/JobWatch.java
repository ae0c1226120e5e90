package io.firstresponse.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.cluster.ClusterProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/** Observes a running job through the REST interface, and the heap of its processes. */
public final class JobWatch {

  private static final Pattern LIVE_BYTES = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

  private final FlinkCluster cluster;
  private final String job;
  private final Map<String, List<String>> queries = new HashMap<>();

  public JobWatch(FlinkCluster cluster, String job) {
    this.cluster = cluster;
    this.job = job;
  }

  /** The sum of one of the job's own metrics over all subtasks; 0 while there is none yet. */
  public long sum(String metric) throws Exception {
    return values(metric, "sum").mapToLong(Math::round).sum();
  }

  /** The highest share of the last minute in which any task was backpressured. */
  public double backPressure() throws Exception {
    return values("backPressuredTimeMsPerSecond", "max").max(Double::compare).orElse(0.0) / 1_000;
  }

  /** The longest time from the trigger of a checkpoint to the acknowledgement of the last task. */
  public Duration longestCheckpoint() throws Exception {
    JsonNode longest =
        cluster.rest("/jobs/" + job + "/checkpoints").at("/summary/end_to_end_duration/max");
    return Duration.ofMillis(longest.asLong());
  }

  /** The number of failed checkpoints. */
  public int failedCheckpoints() throws Exception {
    return cluster.rest("/jobs/" + job + "/checkpoints").at("/counts/failed").asInt();
  }

  /** The failures of the job, with their stack traces. */
  public List<String> failures() throws Exception {
    JsonNode history = cluster.rest("/jobs/" + job + "/exceptions").get("exceptionHistory");
    return history.get("entries").findValuesAsText("stacktrace");
  }

  /** Bytes on the heap of the TaskManagers that are reachable, after a full collection. */
  public long liveHeap() throws Exception {
    long bytes = 0;
    for (ClusterProcess taskManager : cluster.processes().taskManagers()) {
      bytes += liveHeap(taskManager);
    }
    return bytes;
  }

  private static long liveHeap(ClusterProcess process) throws IOException, InterruptedException {
    Process command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String histogram = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher total = LIVE_BYTES.matcher(histogram);
    assertThat(total.find()).as("a total in %s", histogram).isTrue();
    assertThat(command.waitFor()).isZero();
    return Long.parseLong(total.group(1));
  }

  private Stream<Double> values(String metric, String aggregation) throws Exception {
    List<Double> values = new ArrayList<>();
    for (String query : queries(metric)) {
      for (JsonNode value : cluster.rest(query + "&agg=" + aggregation)) {
        values.add(value.get(aggregation).asDouble());
      }
    }
    return values.stream();
  }

  /** The REST queries of a metric, one for each task that has it. */
  private List<String> queries(String metric) throws Exception {
    List<String> known = queries.get(metric);
    if (known != null) {
      return known;
    }
    List<String> found = new ArrayList<>();
    for (JsonNode vertex : cluster.rest("/jobs/" + job).get("vertices")) {
      String metrics =
          "/jobs/%s/vertices/%s/subtasks/metrics".formatted(job, vertex.get("id").asText());
      for (JsonNode one : cluster.rest(metrics)) {
        String id = one.get("id").asText();
        if (id.equals(metric) || id.endsWith("." + metric)) {
          found.add(metrics + "?get=" + id);
        }
      }
    }
    if (!found.isEmpty()) {
      queries.put(metric, found);
    }
    return found;
  }
}
