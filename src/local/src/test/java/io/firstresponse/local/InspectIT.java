package io.firstresponse.local;

import static io.firstresponse.local.Inspected.assertNoErrors;
import static io.firstresponse.local.Inspected.files;
import static io.firstresponse.local.Inspected.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firstresponse.job.mapping.Presets;
import io.firstresponse.job.testing.PresetSample;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code scripts/inspect} on real input: its essential lines, its exit codes, and its advice. */
class InspectIT {

  private static final Path SAMPLES = Path.of("../../conf/feeds/samples");
  private static final Path TWEETS = Path.of("../../../shared/data/support-tweets.jsonl");

  /** Samples are of 2026, whatever the clock says. */
  private static final List<String> ANY_TIME = List.of("--event-time.max-future-skew", "36500 d");

  @TempDir Path folder;

  private Path write(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  static Stream<String> presets() {
    return Presets.names().stream();
  }

  /** The counts are those of the sessions beside the samples. */
  @ParameterizedTest
  @MethodSource("presets")
  void presetsMakeTheSessionsOfTheirSamples(String preset) throws Exception {
    PresetSample sample = new PresetSample(preset, SAMPLES.getParent());
    long answered =
        sample.sessions().stream().filter(row -> !row.split(",", -1)[3].isEmpty()).count();
    long closed =
        sample.sessions().stream().filter(row -> !row.split(",", -1)[5].isEmpty()).count();
    List<String> args = files(sample.records());
    args.addAll(sample.arguments());
    JsonNode json = json(args);
    assertThat(json.path("usable").asBoolean()).isTrue();
    assertThat(json.at("/records/unreadable").asLong()).isZero();
    assertThat(json.at("/sessions/all").asLong()).isEqualTo(sample.sessions().size());
    assertThat(json.at("/sessions/answered").asLong()).isEqualTo(answered);
    assertThat(json.at("/sessions/closed").asLong()).isEqualTo(closed);
    assertThat(json.path("labels")).isNotEmpty();
    assertThat(json.path("examples")).isNotEmpty();
    assertThat(json.at("/examples/0/outputs/0").asText()).startsWith("{");
  }

  /** The preset of Freshdesk would take each of these records for a customer's message. */
  @ParameterizedTest
  @ValueSource(strings = {"chatwoot", "freshdesk", "zammad", "intercom"})
  void thePresetOfRecordsIsNamed(String preset) throws Exception {
    List<String> args = files(new PresetSample(preset, SAMPLES.getParent()).records());
    assertThat(json(args).at("/findings/0/options").toString())
        .startsWith("[\"--messages.jq\",\"%s\"".formatted(preset));
  }

  @Test
  void idsThatAreTexts() throws Exception {
    Path input =
        write(
            "texts.jsonl",
            "{\"a\":null,\"b\":\"c-1\",\"ts\":\"2018-08-15T10:00:00Z\",\"direct\":false}",
            "{\"a\":\"Ann\",\"b\":\"c-1\",\"ts\":\"2018-08-15T10:00:30Z\",\"direct\":true}");
    JsonNode refused = json(files(input));
    assertThat(refused.path("usable").asBoolean()).isFalse();
    assertThat(refused.at("/findings/0/text").asText()).contains("an id is a text");
    assertThat(refused.at("/findings/0/options").toString()).contains("--messages.ids", "text");

    JsonNode json = json(files(input, "--messages.ids", "text"));
    assertThat(json.path("usable").asBoolean()).isTrue();
    assertThat(json.at("/sessions/longest_waits/0/customer").asText()).isEqualTo("c-1");
    assertThat(json.at("/sessions/longest_waits/0/answered_by").asText()).isEqualTo("Ann");
    assertThat(json.at("/examples/1/outputs/0").asText())
        .startsWith("{\"a\":\"Ann\",\"b\":\"c-1\",");
  }

  @Test
  void closesOfPlainRecords() throws Exception {
    Path input =
        write(
            "closes.jsonl",
            "{\"b\":7,\"ts\":\"2018-08-15T09:00:00Z\",\"direct\":false}",
            "{\"a\":5,\"b\":7,\"ts\":\"2018-08-15T09:05:00Z\",\"direct\":true}",
            "{\"b\":7,\"ts\":\"2018-08-15T09:06:00Z\",\"direct\":false}",
            "{\"b\":7,\"ts\":\"2018-08-15T09:10:00Z\",\"done\":true}");
    JsonNode json = json(files(input, "--messages.field.closes", "done"));
    assertThat(json.at("/messages/all").asLong()).isEqualTo(3);
    assertThat(json.at("/messages/closes").asLong()).isEqualTo(1);
    assertThat(json.at("/sessions/closed").asLong()).isEqualTo(1);
    assertThat(json.at("/sessions/waiting").asLong()).isZero();
    assertThat(json.at("/sessions/longest_waits/1/seconds").asLong()).isEqualTo(240);
    assertThat(json.at("/examples/2/outputs/0").asText()).contains("\"direct\":false");
  }

  @Test
  void oneScreenIsEnough() {
    Path sample = SAMPLES.resolve("zammad.jsonl");
    List<String> args = files(sample, "--messages.jq", "zammad");
    args.addAll(ANY_TIME);
    Script.Outcome outcome = InProcess.inspect(args);
    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    assertNoErrors(outcome);
    assertThat(outcome.out())
        .startsWith("usable: 12 messages of 14 records make 5 sessions. Nothing looks wrong.\n")
        .contains(
            "Records    " + sample,
            "1 skipped, 0 unreadable",
            "automated 2 (16.7 %), ignored 2; duplicates 1; closes 2",
            "Labels     channel: 3 values: email 4, phone 1, web 1",
            "Examples   {\"ticket\":",
            "             -> {\"direct\":",
            "5 sessions (any-agent): answered 3 (median ",
            "    --messages.jq zammad \\\n",
            "    --sink.jdbc.url jdbc:postgresql://HOST:5432/DATABASE \\\n");
    assertThat(outcome.out().lines())
        .hasSizeLessThan(45)
        .allMatch(line -> line.length() <= 100 || line.contains("--"));
  }

  /** And the bound that is recommended makes none of them late in a stream. */
  @Test
  void realMessages() throws Exception {
    assumeTrue(Files.isReadable(TWEETS), TWEETS + " is not here, so it goes unread");
    JsonNode json = json(files(TWEETS));
    long messages = Files.readAllLines(TWEETS).size();
    assertThat(json.at("/messages/all").asLong()).isEqualTo(messages).isEqualTo(2_221);
    assertThat(json.at("/records/unreadable").asLong()).isZero();
    assertThat(json.at("/sessions/all").asLong())
        .isEqualTo(json.at("/sessions/answered").asLong() + json.at("/sessions/waiting").asLong())
        .isPositive();
    assertThat(json.at("/sessions/longest_waits")).hasSize(5);
    assertThat(json.at("/disorder/late/0/messages").asLong()).isPositive();
    assertThat(json.at("/messages/first").asText()).startsWith("2016-");
    assertThat(json.at("/messages/last").asText()).startsWith("2017-");

    Script.Outcome outcome = InProcess.inspect(files(TWEETS));
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out())
        .startsWith("usable: 2,221 messages of 2,221 records make ")
        .contains(
            "0 skipped, 0 unreadable",
            "with which none is late",
            "Load it:\n  scripts/run-local \\\n    --source");
    assertThat(outcome.out().lines()).hasSizeLessThan(45);

    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
      List<String> args = files(TWEETS, "-Dexecution.runtime-mode=STREAMING");
      json.path("options").forEach(option -> args.add(option.asText()));
      args.addAll(
          List.of(
              "--sink.jdbc.url", "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
              "--sink.jdbc.user", "postgres",
              "--sink.jdbc.create-tables", "true"));
      Script.Outcome run = InProcess.runLocal(args);
      assertThat(run.exitCode()).as("%s", run).isZero();
      assertThat(run.out()).contains("used 2,221 + ignored 0 + late 0 + dead 0");
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement();
          var rows = statement.executeQuery("select count(*), count(a_ts) from tbl_result")) {
        rows.next();
        assertThat(rows.getLong(1)).isEqualTo(json.at("/sessions/all").asLong());
        assertThat(rows.getLong(2)).isEqualTo(json.at("/sessions/answered").asLong());
      }
    }
  }

  /** By one millisecond: the counts of late messages are those of the job's watermarks. */
  @Test
  void aMessageFurtherBehindThanTheBoundIsLate() throws Exception {
    Path input =
        write(
            "late.jsonl",
            "{\"a\":1,\"b\":7,\"ts\":\"2018-08-15T10:00:00Z\",\"direct\":false}",
            "{\"a\":1,\"b\":8,\"ts\":\"2018-08-15T09:59:00Z\",\"direct\":false}",
            "{\"a\":1,\"b\":9,\"ts\":\"2018-08-15T09:58:59.999Z\",\"direct\":false}");
    JsonNode json = json(files(input));
    assertThat(json.at("/disorder/late/2/messages").asLong()).isEqualTo(2);
    assertThat(json.at("/disorder/late/3/bound").asText()).isEqualTo("1 min");
    assertThat(json.at("/disorder/late/3/messages").asLong()).isEqualTo(1);
    assertThat(json.at("/disorder/recommended_bound").asText()).isEqualTo("2 min");
  }

  @Test
  void allKindsOfDamage() throws Exception {
    Path input = Files.createDirectory(folder.resolve("damage"));
    Files.write(
        input.resolve("a.jsonl"),
        List.of(
            "{\"a\":1,\"b\":7,\"ts\":\"2018-08-15T10:00:00Z\",\"direct\":false}",
            "",
            "{\"a\":1,\"b\":7,",
            "{\"b\":7,\"ts\":\"2018-08-15T10:00:00Z\",\"direct\":true}",
            "{\"a\":1.5,\"b\":7,\"ts\":\"2018-08-15T10:00:00Z\",\"direct\":true}",
            "{\"a\":1,\"b\":7,\"ts\":\"yesterday\",\"direct\":true}",
            "{\"a\":1,\"b\":7,\"ts\":\"yesterday evening\",\"direct\":true}",
            "{\"a\":1,\"b\":7,\"ts\":\"9000-08-15T10:00:00Z\",\"direct\":true}",
            "{\"a\":2,\"b\":7,\"ts\":\"2018-08-15T10:05:00Z\",\"direct\":true}",
            "{\"text\":\"" + "x".repeat(2_000) + "\"}"));
    Files.write(input.resolve("b.jsonl"), new byte[] {'{', '"', (byte) 0xC3, '"', '}', '\n'});
    Files.writeString(input.resolve("c.csv"), "a,b,ts,direct\n1,2,3\n");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      // One line that does not compress.
      gzip.write(
          new Random(1)
              .ints(600, '0', 'z')
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString()
              .getBytes(StandardCharsets.UTF_8));
    }
    Files.write(input.resolve("d.jsonl.gz"), Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2));
    Files.writeString(input.resolve("e.xlsx"), "what is this");
    Files.createSymbolicLink(input.resolve("f.jsonl"), input.resolve("nowhere"));

    Script.Outcome outcome = InProcess.inspect(files(input, "--messages.max-bytes", "1000"));
    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    assertNoErrors(outcome);
    assertThat(outcome.out())
        .startsWith("usable: 2 messages of ")
        .contains(
            "Trouble    bad-timestamp 2, such as " + input.resolve("a.jsonl"),
            "  -> set messages.epoch-unit",
            "more kinds, which --json shows",
            "1 session (any-agent): answered 1 (median 5 min, P90 5 min), waiting 0");
    assertThat(json(files(input, "--messages.max-bytes", "1000")).path("trouble"))
        .allMatch(one -> !one.path("remedy").asText().isEmpty())
        .allMatch(one -> !one.path("origin").asText().isEmpty())
        .extracting(one -> one.path("reason").asText())
        .containsExactlyInAnyOrder(
            "bad-timestamp",
            "empty",
            "bad-json",
            "missing-field",
            "bad-field",
            "future",
            "too-long",
            "bad-encoding",
            "bad-csv",
            "bad-compression",
            "unknown-format",
            "unreadable");
  }

  @Test
  void nothingUsableEndsWithOne() throws Exception {
    Path hooks = write("hooks.jsonl", "{\"event\":\"message_created\"}", "{\"event\":\"closed\"}");
    Script.Outcome outcome = InProcess.inspect(files(hooks));
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(1);
    assertThat(outcome.out())
        .startsWith("nothing usable: not one of 2 records is a message.\n")
        .contains("missing-field 2", "another shape needs messages.jq");
    List<String> lines = Files.readAllLines(SAMPLES.resolve("zammad.jsonl"));
    Script.Outcome zammad =
        InProcess.inspect(files(write("z.jsonl", lines.toArray(String[]::new))));
    assertThat(zammad.exitCode()).isEqualTo(1);
    assertThat(zammad.out())
        .contains(
            "* These look like records of zammad",
            "  -> --messages.jq zammad",
            "Try:\n  scripts/inspect \\\n")
        .endsWith("--messages.jq zammad\n");
    Script.Outcome skipped = InProcess.inspect(files(hooks, "--messages.jq", "select(false)"));
    assertThat(skipped.exitCode()).isEqualTo(1);
    assertThat(skipped.out())
        .startsWith(
            "nothing usable: not one of 2 records is a message; the mapping made nothing of 2.")
        .contains("Examples   {\"event\":\"message_created\"}", "-> nothing: skipped");
    assertThat(InProcess.inspect(files(write("empty.jsonl"))).exitCode()).isEqualTo(1);
    Path seconds = write("seconds.jsonl", "{\"a\":1,\"b\":7,\"ts\":1534327815,\"direct\":false}");
    Script.Outcome early = InProcess.inspect(files(seconds));
    assertThat(early.exitCode()).isEqualTo(1);
    assertThat(early.out()).contains("--messages.epoch-unit seconds");
    assertThat(InProcess.inspect(files(seconds, "--messages.epoch-unit", "seconds")).exitCode())
        .isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--respons-mode any-agent | There is no option respons-mode. Did you mean response-mode?",
        "--source.type files | --source.files.path is missing: a file or a folder.",
        "--source.type files --source.files.path none.jsonl | source.files.path: ",
        "--source.type files --source.files.path . --limit 0 | --limit: '0' is not a number of records",
        "--source.type files --source.files.path . --limit | --limit lacks its value.",
        "--source.type files --source.files.path . --messages.jq chatwot | messages.jq: there is no preset 'chatwot'",
        "--source.type datagen --source.datagen.count 0 | source.datagen.count: without it there is no end",
      })
  void aWrongOptionIsOneLineAndExitCode2(String args, String line) {
    Script.Outcome outcome = InProcess.inspect(List.of(args.split(" ", -1)));
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).startsWith(line).hasLineCount(1);
  }

  @Test
  void localTimesThatClocksSkipOrShowTwiceAreCounted() throws Exception {
    Path input =
        write(
            "local.csv",
            "a,b,ts,direct",
            "1,7,2018-10-28 02:30:00,false",
            "1,7,2018-10-28 02:40:00,true",
            "1,8,2018-03-25 02:30:00,false",
            "1,8,2018-03-25 04:30:00+02,true");
    assertThat(
            json(files(input, "--messages.time-zone", "Europe/Berlin"))
                .at("/findings/0/text")
                .asText())
        .contains("changes of the clocks of Europe/Berlin: 2 occur twice", "1 do not exist");
  }

  /** As a user runs it: the process, with nothing on standard error. */
  @Test
  void theScript() throws Exception {
    Path input =
        write(
            "chat.csv",
            "customer,agent,sent,from_agent",
            "7,1,2018-08-15 10:10:15,f",
            "7,2,2018-08-15 10:18:10,t");
    List<String> args =
        files(
            input,
            "--messages.field.a",
            "agent",
            "--messages.field.b",
            "customer",
            "--messages.field.ts",
            "sent",
            "--messages.field.direct",
            "from_agent",
            "--sink.jdbc.user",
            "me");
    try (Script script = Script.start("inspect", folder, Map.of(), args)) {
      Script.Outcome outcome = script.outcome();
      assertNoErrors(outcome);
      assertThat(outcome.exitCode()).isZero();
      assertThat(outcome.out())
          .startsWith("usable: 2 messages of 2 records make 1 session. Nothing looks wrong.\n")
          .contains(
              "Examples   7,1,2018-08-15 10:10:15,f\n",
              "-> {\"a\":1,\"b\":7,\"ts\":\"2018-08-15T10:10:15Z\",\"direct\":false}",
              "1 session (any-agent): answered 1 (median 7 min 55 s, P90 7 min 55 s), waiting 0",
              "    --messages.field.a agent \\\n",
              "    --sink.jdbc.user me \\\n");
    }
  }
}
