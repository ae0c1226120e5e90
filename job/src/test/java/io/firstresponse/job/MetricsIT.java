package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Compares the documented metrics and those of the dashboards with those that Prometheus gets. */
class MetricsIT {

  private static final Path PAGE = Path.of("../src/site/markdown/metrics.md");
  private static final Path DASHBOARDS = Path.of("../conf/grafana/dashboards");
  private static final Pattern DOCUMENTED = Pattern.compile("^\\| `(flink_\\w+)` \\|");
  private static final Pattern NAME = Pattern.compile("flink_\\w+");
  private static final Pattern SAMPLE = Pattern.compile("(?m)^(flink_\\w+)(\\{[^}]*})? (\\S+)$");

  private static final int PORT = freePort();

  @RegisterExtension
  static final MiniClusterExtension CLUSTER = TestCluster.withSlots(3, prometheus());

  @TempDir private Path folder;

  @Test
  void everyNameThatIsDocumentedOrDrawnIsInAScrape() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options =
          database.options(
              "--results", "live",
              "--source.type", "datagen",
              "--source.datagen.count", "0",
              "--source.datagen.rate", "2000",
              "--source.datagen.event-rate", "2000",
              "--source.datagen.customers", "200",
              "--source.datagen.disorder", "3 s",
              "--source.datagen.automated", "0.1",
              "--event-time.max-out-of-orderness", "1 s");
      Configuration flink = new Configuration();
      flink.setString("execution.checkpointing.interval", "500 ms");
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
      env.setParallelism(2);
      FirstResponseJob.define(env, options);
      JobClient job = env.executeAsync("Metrics");
      JobClient files = watchFolder();
      try {
        Await.until(
            "late messages and used ones, and a look into the folder",
            Duration.ofSeconds(60),
            () -> sum("messagesLate") > 0 && flushed() && scrape().contains("filesUnread"));
        String scrape = scrape();
        Set<String> there = names(SAMPLE, scrape);

        Set<String> documented = new TreeSet<>();
        for (String line : Files.readAllLines(PAGE)) {
          documented.addAll(names(DOCUMENTED, line));
        }
        assertThat(documented).hasSizeGreaterThan(20).isSubsetOf(there);

        List<String> drawn = expressions(DASHBOARDS.resolve("operations.json"));
        assertThat(drawn).hasSizeGreaterThan(20);
        for (String expression : drawn) {
          assertThat(NAME.matcher(expression).results().map(found -> found.group()))
              .as(expression)
              .isNotEmpty()
              .isSubsetOf(there);
        }

        assertThat(sum("messagesRead")).isPositive();
        assertThat(sum("messagesIgnored")).isPositive();
        assertThat(sum("openSessions")).isBetween(1.0, 200.0);
        assertThat(sum("messagesWaiting")).isPositive();
        assertThat(sum("rowsSent")).isPositive();
        assertThat(scrape).contains("reason=\"bad_json\"", "quantile=\"0.95\"");
        assertThat(scrape).doesNotContain("customer=", "agent=");
      } finally {
        job.cancel().get();
        files.cancel().get();
      }
    }
  }

  /** A second job: each kind of source, and of ids, has metrics of its own. */
  private JobClient watchFolder() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options =
          database.options(
              "--source.type", "files",
              "--source.files.path", folder.toString(),
              "--source.files.watch-interval", "50 ms",
              "--messages.ids", "text");
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
      env.setParallelism(1);
      FirstResponseJob.define(env, options);
      return env.executeAsync("Metrics of files");
    }
  }

  private static boolean flushed() throws Exception {
    return sum("messagesUsed") > 0 && sum("rowsSent") > 0 && sum("openSessions") > 0;
  }

  /** Of all series with a name. */
  private static double sum(String metric) throws Exception {
    Matcher sample = SAMPLE.matcher(scrape());
    double sum = 0;
    while (sample.find()) {
      if (sample.group(1).equals("flink_taskmanager_job_task_operator_" + metric)) {
        sum += Double.parseDouble(sample.group(3));
      }
    }
    return sum;
  }

  private static String scrape() throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://localhost:%d/metrics".formatted(PORT)))
                .timeout(Duration.ofSeconds(10))
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  private static Set<String> names(Pattern pattern, String text) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /** What the panels of a dashboard ask for. */
  private static List<String> expressions(Path dashboard) throws IOException {
    List<String> expressions = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(dashboard.toFile())) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING && "expr".equals(parser.currentName())) {
          expressions.add(parser.getText());
        }
      }
    }
    return expressions;
  }

  private static Configuration prometheus() {
    Configuration configuration = new Configuration();
    configuration.setString(
        "metrics.reporter.prom.factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    configuration.setString("metrics.reporter.prom.port", Integer.toString(PORT));
    return configuration;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
