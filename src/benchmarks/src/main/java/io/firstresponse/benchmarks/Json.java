package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.Message;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Messages as JSON objects. */
final class Json {

  private Json() {}

  static String of(Message message) {
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
}
