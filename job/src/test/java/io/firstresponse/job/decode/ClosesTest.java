package io.firstresponse.job.decode;

import static io.firstresponse.job.decode.Decoders.assertDeadLetter;
import static io.firstresponse.job.decode.Decoders.csv;
import static io.firstresponse.job.decode.Decoders.decode;
import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records that are no messages but say that the conversation was closed. */
class ClosesTest {

  @Test
  void inJsonACloseNeedsNoDirectionAndNoAgent() {
    JsonDecoder decoder = Decoders.json();
    for (String record :
        List.of(
            "{\"b\":2,\"ts\":1,\"closes\":true}",
            "{\"closes\":true,\"a\":null,\"b\":2,\"direct\":null,\"ts\":1}",
            "{\"b\":2,\"ts\":1,\"direct\":false,\"closes\":true}",
            "{\"a\":-1,\"b\":2,\"ts\":1,\"direct\":true,\"closes\":true}")) {
      assertThat(decode(decoder, record)).as(record).isEqualTo(Message.close(-1, 2, 1_000));
    }
    assertThat(decode(decoder, "{\"a\":7,\"b\":2,\"ts\":1,\"closes\":true}"))
        .isEqualTo(Message.close(7, 2, 1_000));
    for (String closes : List.of("false", "null")) {
      assertThat(
              decode(
                  decoder, "{\"a\":7,\"b\":2,\"ts\":1,\"direct\":true,\"closes\":" + closes + "}"))
          .isEqualTo(new Message(7, 2, 1_000, true));
    }
    assertDeadLetter(
        decode(decoder, "{\"b\":2,\"ts\":1,\"closes\":\"true\"}"), Reason.BAD_FIELD, "\"closes\"");
    assertDeadLetter(
        decode(decoder, "{\"b\":2,\"ts\":1,\"closes\":false}"), Reason.MISSING_FIELD, "\"direct\"");
    assertDeadLetter(decode(decoder, "{\"b\":2,\"closes\":true}"), Reason.MISSING_FIELD, "\"ts\"");
    assertDeadLetter(
        decode(decoder, "{\"b\":2,\"ts\":9999999999999,\"closes\":true}"), Reason.FUTURE);
    assertDeadLetter(
        decode(
            new JsonDecoder(Decoders.addressed(), Decoders.guard()),
            "{\"b\":2,\"ts\":1,\"closes\":true}"),
        Reason.MISSING_FIELD,
        "\"a\"",
        "in addressed-agent mode an event needs the agent");
  }

  @Test
  void inCsvACloseNeedsNoDirectionAndNoAgent() {
    CsvDecoder decoder = csv("a,b,ts,direct,closes");
    assertThat(decode(decoder, ",2,1,,t")).isEqualTo(Message.close(-1, 2, 1_000));
    assertThat(decode(decoder, "7,2,1,f,1")).isEqualTo(Message.close(7, 2, 1_000));
    assertThat(decode(decoder, "7,2,1,t,")).isEqualTo(new Message(7, 2, 1_000, true));
    assertThat(decode(decoder, "7,2,1,t,false")).isEqualTo(new Message(7, 2, 1_000, true));
    assertDeadLetter(decode(decoder, "7,2,1,,"), Reason.MISSING_FIELD, "\"direct\"");
    assertDeadLetter(decode(decoder, "7,2,1,x,t"), Reason.BAD_FIELD, "\"direct\"");
    assertDeadLetter(decode(decoder, "7,2,1,,yes"), Reason.BAD_FIELD, "\"closes\"");
  }
}
