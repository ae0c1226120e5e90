package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.Message;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Messages as JSON objects. */
final class Json {

  private Json() {}

  static String of(Message message) {
    return new StringBuilder(96)
        .append("{\"a\":")
        .append(message.a())
        .append(",\"b\":")
        .append(message.b())
        .append(",\"ts\":\"")
        .append(Instant.EPOCH.plus(message.ts(), ChronoUnit.MICROS))
        .append("\",\"direct\":")
        .append(message.direct())
        .append('}')
        .toString();
  }
}
