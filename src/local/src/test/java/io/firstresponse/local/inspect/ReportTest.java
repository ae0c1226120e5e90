package io.firstresponse.local.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.local.inspect.Inspection.Decoded;
import io.firstresponse.local.inspect.Inspection.Output;
import io.firstresponse.local.inspect.Settings.Order;
import io.firstresponse.local.inspect.Troubles.Trouble;
import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReportTest {

  private static JsonNode json(Report report) throws Exception {
    return new ObjectMapper().readTree(report.json());
  }

  private static Feed conversations() {
    return new Feed()
        .asks(7, 1, 600)
        .asks(8, 1, 0)
        .answers(7, 2, 852)
        .answers(7, 2, 852)
        .asks(9, 1, 900)
        .add(Reason.BAD_JSON, "no JSON")
        .add(Reason.EMPTY, "an empty line")
        .add(Reason.BAD_JSON, "no JSON either");
  }

  @Test
  void sayWhatWasFound() throws Exception {
    Feed feed = conversations();
    Report report = feed.report(feed.inspection());
    assertThat(report.failure()).isEmpty();
    assertThat(report.text())
        .startsWith("usable: 5 messages of 8 records make 3 sessions; 3 unreadable.\n\n")
        .contains(
            "Records    /data\n",
            "8 records: 5 messages, 0 skipped, 3 unreadable",
            "3 of customers, 2 of agents; automated 0 (0.0 %); duplicates 1; closes 0",
            "from 2018-08-15T00:00:00Z to 2018-08-15T00:15:00Z (15 min)",
            "1 agent (and 1 who were written to and wrote nothing), 3 customers",
            "bad-json 2, such as /data/a.jsonl at 5: no JSON",
            "empty 1, such as /data/a.jsonl at 6: an empty line",
            "80.0 % in the order of time; delays: 50 % 0 s, 90 % 10 min, 99 % 10 min, longest 10 min",
            "with a bound of    0 s  1 s  10 s  1 min  10 min  1 h  1 d",
            "late, of a stream    1    1     1      1       0    0    0",
            "--event-time.max-out-of-orderness '10 min', with which none is late",
            "3 sessions (any-agent): answered 1 (median 4 min 12 s, P90 4 min 12 s), waiting 2",
            "longest: customer 8 waited 15 min from 2018-08-15T00:00:00Z, not answered",
            "customer 7 waited 4 min 12 s from 2018-08-15T00:10:00Z, answered by 2",
            "\nLoad it:\n  scripts/run-local");
    assertThat(report.text().lines()).allMatch(line -> line.length() <= 100);
    JsonNode json = json(report);
    assertThat(json.path("usable").asBoolean()).isTrue();
    assertThat(json.at("/records/read").asLong()).isEqualTo(8);
    assertThat(json.at("/trouble/0/reason").asText()).isEqualTo("bad-json");
    assertThat(json.at("/trouble/0/count").asLong()).isEqualTo(2);
    assertThat(json.at("/messages/duplicates").asLong()).isEqualTo(1);
    assertThat(json.at("/people/customers").asLong()).isEqualTo(3);
    assertThat(json.at("/disorder/late/3/messages").asLong()).isEqualTo(1);
    assertThat(json.at("/disorder/recommended_bound").asText()).isEqualTo("10 min");
    assertThat(json.at("/sessions/median_seconds").asDouble()).isEqualTo(252);
    assertThat(json.at("/sessions/longest_waits/0/customer").asText()).isEqualTo("8");
    assertThat(json.at("/options/1").asText()).isEqualTo("10 min");
  }

  @Test
  void closesAreShownBesideMessages() throws Exception {
    Feed feed =
        new Feed()
            .asks(7, 1, 0)
            .answers(7, 2, 300)
            .asks(7, 2, 360)
            .closes(7, 600)
            .closes(7, 600)
            .closes(8, 590);
    Report report = feed.report(feed.inspection());
    assertThat(report.failure()).isEmpty();
    assertThat(report.findings()).isEmpty();
    assertThat(report.text())
        .startsWith("usable: 3 messages of 6 records make 2 sessions. Nothing looks wrong.\n")
        .contains(
            "2 of customers, 1 of agents; automated 0 (0.0 %); duplicates 0; closes 3",
            "from 2018-08-15T00:00:00Z to 2018-08-15T00:10:00Z (10 min)",
            "1 agent (and 1 who were written to and wrote nothing), 1 customer",
            "83.3 % in the order of time",
            "2 sessions (any-agent): answered 1 (median 5 min, P90 5 min), closed 1, waiting 0",
            "longest: customer 7 waited 5 min from 2018-08-15T00:00:00Z, answered by 2",
            "customer 7 waited 4 min from 2018-08-15T00:06:00Z, closed without an answer");
    assertThat(report.text().lines()).allMatch(line -> line.length() <= 100);
    JsonNode json = json(report);
    assertThat(json.at("/messages/closes").asLong()).isEqualTo(3);
    assertThat(json.at("/sessions/closed").asLong()).isEqualTo(1);
    assertThat(json.at("/sessions/longest_waits/1/closed").asBoolean()).isTrue();
  }

  @Test
  void nothingUsableIsSaidFirst() throws Exception {
    Feed feed = new Feed().add(Reason.MISSING_FIELD, "field \"a\" is not there");
    Report report = feed.report(feed.inspection());
    String line = "nothing usable: not one of 1 records is a message.";
    assertThat(report.failure()).contains(line);
    assertThat(report.text()).startsWith(line + "\n").contains("-> name other fields");
    assertThat(report.text()).doesNotContain("Sessions", "Load it");
    assertThat(json(report).path("usable").asBoolean()).isFalse();
    assertThat(json(report).path("failure").asText()).isEqualTo(line);
    Feed empty = new Feed();
    assertThat(empty.report(empty.inspection()).failure())
        .contains("nothing usable: there is no record.");
  }

  @Test
  void timesIn1970AreNotUsableAndTheUnitIsNamed() {
    Feed feed = new Feed().add(new Message(1, 2, 1_534_291_200_000L, false));
    Report report = feed.report(feed.inspection());
    assertThat(report.failure())
        .contains("nothing usable: the times of all messages are wrong, see below.");
    assertThat(report.text())
        .contains(
            "  -> --messages.epoch-unit seconds",
            "\nTry:\n  scripts/inspect --messages.epoch-unit seconds\n");
  }

  @Test
  void examplesStandBesideTheirRecords() throws Exception {
    Feed feed = new Feed();
    Inspection inspection = feed.inspection();
    Message asks = Feed.message(1, 7, 0, false);
    inspection.take("s", Mapped.NOTHING, new Decoded("{\"typing\":1}", List.of()));
    inspection.take(
        "s",
        new Mapped(
            List.of(
                Feed.labelled(asks, "{\"inbox\":\"mail\"}"), Message.close(1, 7, asks.ts() + 1)),
            0),
        new Decoded(
            "{\"parts\":[1,2],\u001b[31m}",
            List.of(new Output("{\"b\":7}", false), new Output("{\"closes\":true}", false))));
    inspection.take(
        "s",
        Feed.labelled(asks, "{\"inbox\":\"chat\"}"),
        new Decoded(null, List.of(new Output(null, false))));
    inspection.take("s", asks, new Decoded("x".repeat(500), List.of()));
    inspection.take("s", asks, new Decoded("not shown", List.of()));
    assertThat(inspection.messages().closes()).isEqualTo(1);
    assertThat(inspection.skipped()).isEqualTo(1);
    Report report = feed.report(inspection);
    assertThat(report.text())
        .contains(
            "Labels     inbox: 2 values: mail 1, chat 1",
            "Examples   {\"parts\":[1,2], [31m}\n",
            "             -> {\"b\":7}\n",
            "             -> {\"closes\":true}\n",
            "xxx…\n",
            "-> {\"a\":1,\"b\":7,\"ts\":\"2018-08-15T00:00:00Z\",\"direct\":false}")
        .doesNotContain("\u001b", "not shown", "typing");
    assertThat(json(report).at("/examples/0/outputs/1").asText()).isEqualTo("{\"closes\":true}");
    assertThat(json(report).at("/labels/0/values").asInt()).isEqualTo(2);
  }

  @Test
  void ofATableNoBoundIsRecommended() throws Exception {
    Feed feed = new Feed("UTC", Order.SORTED).asks(7, 1, 0).answers(7, 1, 60);
    Report report = feed.report(feed.inspection());
    assertThat(report.text())
        .contains("a table is read in the order of time")
        .doesNotContain("max-out-of-orderness");
    assertThat(json(report).path("options")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void everyTroubleHasARemedy(Reason reason) {
    Troubles troubles = new Troubles();
    troubles.take(new DeadLetter("here", 1, reason, "bad", new byte[0], 0));
    troubles.take(new DeadLetter("there", 1, reason, "bad", new byte[0], 0));
    assertThat(troubles.all())
        .singleElement()
        .satisfies(
            trouble -> {
              assertThat(trouble.count()).isEqualTo(2);
              assertThat(trouble.first().origin()).isEqualTo("here");
              assertThat(trouble.remedy()).isNotBlank();
            })
        .extracting(Trouble::reason)
        .isEqualTo(reason);
  }
}
