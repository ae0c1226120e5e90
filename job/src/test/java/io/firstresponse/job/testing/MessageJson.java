package io.firstresponse.job.testing;

import io.firstresponse.job.domain.Message;

/** Messages as the job reads them from files and topics. */
public final class MessageJson {

  private MessageJson() {}

  /** A JSON object in one line. */
  public static String of(Message message) {
    return "{\"a\":%d,\"b\":%d,\"ts\":\"%s\",%s,\"automated\":%b%s}"
        .formatted(
            message.a(),
            message.b(),
            TestDatabase.instant(message.ts()),
            message.closes() ? "\"closes\":true" : "\"direct\":" + message.direct(),
            message.automated(),
            message.labels() == Message.NO_LABELS ? "" : ",\"labels\":" + TestLabels.json(message));
  }
}
