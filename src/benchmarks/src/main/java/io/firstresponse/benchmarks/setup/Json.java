package io.firstresponse.benchmarks.setup;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.source.datagen.Workload;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;

/** Messages as JSON objects. */
public final class Json {

  private Json() {}

  /** With integer ids. */
  public static String of(Message message) {
    return of(message, Long.toString(message.a()), Long.toString(message.b()), "");
  }

  /** With integer ids, and with labels if the message has some. */
  public static String withLabels(Message message) {
    String labels = message.texts().labels();
    return of(
        message,
        Long.toString(message.a()),
        Long.toString(message.b()),
        labels == null ? "" : ",\"labels\":" + labels);
  }

  /** With ids that are texts as long as a UUID. Their last twelve digits are the integer id. */
  public static String withTextIds(Message message) {
    return of(message, text(message.a()), text(message.b()), "");
  }

  private static String text(long id) {
    return "\"6f1e2b0a-95f5-4b1e-9a53-%012d\"".formatted(id);
  }

  private static String of(Message message, String a, String b, String more) {
    return "{\"a\":"
        + a
        + ",\"b\":"
        + b
        + ",\"ts\":\""
        + Instant.EPOCH.plus(message.ts(), ChronoUnit.MICROS)
        + "\",\"direct\":"
        + message.direct()
        + more
        + "}";
  }

  /** Writes all messages as plain JSON lines, in the order of delivery. */
  public static void write(Workload workload, Path file) throws IOException {
    write(workload, file, Json::of);
  }

  /** Writes all messages in a form, one per line, in the order of delivery. */
  public static void write(Workload workload, Path file, Function<Message, String> form)
      throws IOException {
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (long i = 0; i < workload.end(); i++) {
        lines.append(form.apply(workload.message(i))).append('\n');
      }
    }
  }
}
