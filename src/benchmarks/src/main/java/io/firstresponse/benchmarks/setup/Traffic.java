package io.firstresponse.benchmarks.setup;

import io.firstresponse.job.JobOptions;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;

/**
 * The messages of a run, as options of the job's generator. All contestants get the same messages
 * in the same order of delivery.
 *
 * @param options by their keys
 */
public record Traffic(Map<String, String> options) {

  /**
   * 20,000 messages per second of event time, 60 s out of order. The numbers of customers and
   * agents are those of the seed: 1,000,000 and 100 in any-agent mode, 10,000 and 10 in
   * addressed-agent mode.
   */
  public static Traffic of(ResponseMode mode, long messages) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("response-mode", mode.code());
    options.put("source.type", "datagen");
    options.put("source.datagen.count", Long.toString(messages));
    options.put("source.datagen.event-rate", "20000");
    options.put("source.datagen.disorder", "60 s");
    options.put("event-time.max-out-of-orderness", "60 s");
    return new Traffic(options);
  }

  /** A copy with one option changed. */
  public Traffic with(String key, String value) {
    Map<String, String> changed = new LinkedHashMap<>(options);
    changed.put(key, value);
    return new Traffic(changed);
  }

  /** A copy with options changed or added. */
  public Traffic with(Map<String, String> others) {
    Map<String, String> changed = new LinkedHashMap<>(options);
    changed.putAll(others);
    return new Traffic(changed);
  }

  /** The same messages, read from a file. */
  public Traffic fromFile(Path file) {
    return with("source.type", "files").with("source.files.path", file.toString());
  }

  public ResponseMode mode() {
    return options.get("response-mode").equals(ResponseMode.ANY_AGENT.code())
        ? ResponseMode.ANY_AGENT
        : ResponseMode.ADDRESSED_AGENT;
  }

  public Workload workload() {
    return Workload.from(configuration());
  }

  /** The options of the source alone, without those of a database. */
  public Configuration configuration() {
    return Configuration.fromMap(options);
  }

  /** The options of a job that creates its tables in a schema and writes to them. */
  public Configuration intoSchema(Postgres postgres, String schema) {
    List<String> args = new ArrayList<>();
    options.forEach((key, value) -> args.addAll(List.of("--" + key, value)));
    args.addAll(
        List.of(
            "--sink.jdbc.url",
            postgres.url(),
            "--sink.jdbc.user",
            Postgres.USER,
            "--sink.jdbc.schema",
            schema,
            "--sink.jdbc.create-tables",
            "true"));
    return JobOptions.parse(args.toArray(String[]::new));
  }
}
