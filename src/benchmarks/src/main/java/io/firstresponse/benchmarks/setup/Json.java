package io.firstresponse.benchmarks.setup;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.source.datagen.Workload;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Messages as JSON objects. */
public final class Json {

  private Json() {}

  public static String of(Message message) {
    return "{\"a\":"
        + message.a()
        + ",\"b\":"
        + message.b()
        + ",\"ts\":\""
        + Instant.EPOCH.plus(message.ts(), ChronoUnit.MICROS)
        + "\",\"direct\":"
        + message.direct()
        + "}";
  }

  /** Writes all messages, one per line, in the order of delivery. */
  public static void write(Workload workload, Path file) throws IOException {
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (long i = 0; i < workload.end(); i++) {
        lines.append(of(workload.message(i))).append('\n');
      }
    }
  }
}
