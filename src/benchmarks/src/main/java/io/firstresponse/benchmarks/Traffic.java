package io.firstresponse.benchmarks;

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
 * The messages of a run, as options of the job: everybody is given the same, in the order of their
 * delivery.
 *
 * @param options by their keys
 */
record Traffic(Map<String, String> options) {

  /**
   * 20,000 messages a second of event time, 60 s out of order. Customers and agents are the seed's:
   * 1,000,000 and 100 in any-agent mode, 10,000 and 10 in addressed-agent mode.
   */
  static Traffic of(ResponseMode mode, long messages) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("response-mode", mode.code());
    options.put("source.type", "datagen");
    options.put("source.datagen.count", Long.toString(messages));
    options.put("source.datagen.event-rate", "20000");
    options.put("source.datagen.disorder", "60 s");
    options.put("event-time.max-out-of-orderness", "60 s");
    return new Traffic(options);
  }

  /** The same but for one option. */
  Traffic with(String key, String value) {
    Map<String, String> changed = new LinkedHashMap<>(options);
    changed.put(key, value);
    return new Traffic(changed);
  }

  /** The same messages, read from a file. */
  Traffic fromFile(Path file) {
    return with("source.type", "files").with("source.files.path", file.toString());
  }

  ResponseMode mode() {
    return options.get("response-mode").equals(ResponseMode.ANY_AGENT.code())
        ? ResponseMode.ANY_AGENT
        : ResponseMode.ADDRESSED_AGENT;
  }

  Workload workload() {
    return Workload.from(configuration());
  }

  /** The options as the source takes them, without those of a database. */
  Configuration configuration() {
    return Configuration.fromMap(options);
  }

  /** The options of a job that writes into a schema, which it fills with its tables. */
  Configuration intoSchema(Postgres postgres, String schema) {
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
