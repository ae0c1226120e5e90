package io.firstresponse.job.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.JobOptions;
import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.decode.MessageOptions.AutomatedPolicy;
import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.decode.MessageOptions.Ids;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.SourceOptions;
import io.firstresponse.job.source.SourceOptions.SourceType;
import io.firstresponse.job.source.files.FileOptions;
import io.firstresponse.job.source.files.FileOptions.FileFormat;
import io.firstresponse.job.source.kafka.KafkaOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionParserTest {

  private static final Map<String, String> NEEDED =
      Map.of(
          "source.type", "files",
          "source.files.path", "in.jsonl",
          "sink.jdbc.url", "jdbc:postgresql://localhost/support",
          "sink.jdbc.user", "writer");

  @TempDir Path folder;

  @Test
  void defaults() {
    Configuration options = parse();
    assertThat(options.get(ResultOptions.RESPONSE_MODE)).isEqualTo(ResponseMode.ANY_AGENT);
    assertThat(options.get(MessageOptions.AUTOMATED)).isEqualTo(AutomatedPolicy.IGNORE);
    assertThat(options.get(MessageOptions.BOT_AGENTS)).isEmpty();
    assertThat(options.get(EventTimeOptions.MAX_OUT_OF_ORDERNESS))
        .isEqualTo(Duration.ofSeconds(60));
    assertThat(options.get(EventTimeOptions.IDLE_TIMEOUT)).isEqualTo(Duration.ofMinutes(1));
    assertThat(options.get(EventTimeOptions.MAX_FUTURE_SKEW)).isEqualTo(Duration.ofMinutes(5));
    assertThat(options.get(MessageOptions.EPOCH_UNIT)).isEqualTo(EpochUnit.MILLISECONDS);
    assertThat(options.getOptional(FileOptions.FORMAT)).isEmpty();
    assertThat(options.getOptional(FileOptions.WATCH_INTERVAL)).isEmpty();
    assertThat(options.get(SinkOptions.CREATE_TABLES)).isFalse();
    assertThat(options.get(SinkOptions.SCHEMA)).isEqualTo("public");
  }

  @Test
  void values() {
    Configuration options =
        parse(
            "--response-mode",
            "addressed-agent",
            "--source.files.format=json-lines",
            "--messages.automated",
            "count",
            "--messages.bot-agents",
            "7;-9",
            "--event-time.max-out-of-orderness",
            "2 h",
            "--event-time.idle-timeout",
            "0 s",
            "--sink.jdbc.create-tables",
            "true");
    assertThat(options.get(ResultOptions.RESPONSE_MODE)).isEqualTo(ResponseMode.ADDRESSED_AGENT);
    assertThat(options.get(SourceOptions.TYPE)).isEqualTo(SourceType.FILES);
    assertThat(options.get(FileOptions.FORMAT)).isEqualTo(FileFormat.JSON_LINES);
    assertThat(options.get(MessageOptions.AUTOMATED)).isEqualTo(AutomatedPolicy.COUNT);
    assertThat(options.get(MessageOptions.BOT_AGENTS)).containsExactly("7", "-9");
    assertThat(options.get(EventTimeOptions.MAX_OUT_OF_ORDERNESS)).isEqualTo(Duration.ofHours(2));
    assertThat(options.get(EventTimeOptions.IDLE_TIMEOUT)).isZero();
    assertThat(options.get(SinkOptions.CREATE_TABLES)).isTrue();
  }

  @Test
  void theCommandLineWinsOverTheFile() throws IOException {
    Path file = folder.resolve("job.properties");
    Files.writeString(
        file,
        """
        # both spellings
        messages.automated: count
        response-mode = addressed-agent
        """);
    Configuration options = parse("--config", file.toString(), "--response-mode", "any-agent");
    assertThat(options.get(MessageOptions.AUTOMATED)).isEqualTo(AutomatedPolicy.COUNT);
    assertThat(options.get(ResultOptions.RESPONSE_MODE)).isEqualTo(ResponseMode.ANY_AGENT);
  }

  @ParameterizedTest
  @CsvSource({
    "respons-mode,response-mode",
    "source.file.path,source.files.path",
    "max-out-of-orderness,event-time.max-out-of-orderness",
    "sink.jdbc.password,sink.jdbc.password-file",
    "sink.jdbc.pasword-file,sink.jdbc.password-file",
    "source.datagen.amount,source.datagen.count",
    "source.postgres.password,source.postgres.password-file",
    "confg,config",
  })
  void anUnknownOptionIsRefusedWithTheNearest(String wrong, String meant) {
    assertThatThrownBy(() -> parse("--" + wrong, "canary-secret"))
        .isInstanceOf(BadOptionException.class)
        .hasMessage("There is no option %s. Did you mean %s?".formatted(wrong, meant))
        .hasMessageNotContaining("canary");
  }

  @Test
  void anUnknownOptionLikeNoOtherPointsToHelp() {
    assertThatThrownBy(() -> parse("--qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "1"))
        .hasMessageEndingWith("See --help.");
  }

  @Test
  void anUnknownOptionInTheFileNamesTheFile() throws IOException {
    Path file = folder.resolve("job.properties");
    Files.writeString(file, "respons-mode: any-agent\n");
    assertThatThrownBy(() -> parse("--config", file.toString()))
        .hasMessage(
            "There is no option respons-mode in %s. Did you mean response-mode?".formatted(file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "response-mode|anyone|response-mode: 'anyone' is not one of any-agent, addressed-agent.",
        "event-time.idle-timeout|soon|event-time.idle-timeout: 'soon' is not a duration, such as 500 ms, 60 s, 5 min or 1 h.",
        "event-time.idle-timeout|-5 s|event-time.idle-timeout: '-5 s' is not a duration, such as 500 ms, 60 s, 5 min or 1 h.",
        "sink.jdbc.create-tables|maybe|sink.jdbc.create-tables: 'maybe' is not true or false.",
        "source.datagen.count|many|source.datagen.count: 'many' is not a whole number.",
        "source.datagen.rate|fast|source.datagen.rate: 'fast' is not a number.",
        "sink.jdbc.batch-rows|0|sink.jdbc.batch-rows: must be 1 or more.",
        "sink.jdbc.flush-interval|0 s|sink.jdbc.flush-interval: must be longer than 0.",
        "messages.bot-agents|1;x|messages.bot-agents: 'x' is not an agent id, a 64-bit integer; texts need messages.ids text.",
        "source.files.csv-delimiter|ab|source.files.csv-delimiter: must be one ASCII character, or \\t.",
        "source.files.csv-delimiter|;;|source.files.csv-delimiter: must be one ASCII character, or \\t.",
        "source.files.csv-delimiter|→|source.files.csv-delimiter: must be one ASCII character, or \\t.",
        "source.files.csv-delimiter|\"|source.files.csv-delimiter: must be one ASCII character, or \\t.",
        "messages.max-bytes|63|messages.max-bytes: must be 64 or more.",
        "messages.max-bytes|2000000000|messages.max-bytes: must be 1073741824 or less.",
        "source.files.watch-interval|0 s|source.files.watch-interval: must be longer than 0.",
        "source.postgres.splits|0|source.postgres.splits: must be 1 or more.",
        "messages.field.b|''|messages.field.b has no value.",
        "messages.field.a|ts|messages.field.ts: the field 'ts' is already another's.",
        "messages.from|yesterday|messages.from: 'yesterday' is no time in ISO-8601 within the years 1 to 9999, such as 2018-08-15T10:00:00Z or 2018-08-15.",
        "messages.to|10000-01-01|messages.to: '10000-01-01' is no time in ISO-8601 within the years 1 to 9999, such as 2018-08-15T10:00:00Z or 2018-08-15.",
      })
  void aBadValueIsRefusedInOneClearLine(String key, String value, String message) {
    assertThatThrownBy(() -> parse("--" + key, value))
        .isInstanceOf(BadOptionException.class)
        .hasMessage(message);
  }

  /** Every option that is a duration, so that a new one is held to the same rules. */
  static Stream<String> durations() {
    return entries().filter(entry -> entry.type() == Duration.class).map(OptionEntry::key);
  }

  @ParameterizedTest
  @MethodSource("durations")
  void aDurationHasAUnitAndBounds(String key) {
    for (String text : List.of("60", " 60 ", "1000000")) {
      assertThatThrownBy(() -> parse("--" + key, text))
          .isInstanceOf(BadOptionException.class)
          .hasMessage(
              "%s: '%s' has no unit: give one, such as %s s.".formatted(key, text, text.strip()));
    }
    for (String text : List.of("1 ns", "999 µs", "999999ns")) {
      assertThatThrownBy(() -> parse("--" + key, text))
          .isInstanceOf(BadOptionException.class)
          .hasMessage("%s: '%s' is too short: 1 ms or more.".formatted(key, text));
    }
    for (String text : List.of("99999999999999 d", "9223372036854775807 h", "36501 d")) {
      assertThatThrownBy(() -> parse("--" + key, text))
          .isInstanceOf(BadOptionException.class)
          .hasMessage("%s: '%s' is too long: 36500 d at most.".formatted(key, text));
    }
    assertThatThrownBy(() -> parse("--" + key, "99999999999999999999 s"))
        .isInstanceOf(BadOptionException.class)
        .hasMessage("%s: '99999999999999999999 s' is too long: 36500 d at most.".formatted(key));
  }

  @Test
  void aDurationInAFileHasAUnitToo() throws IOException {
    Path file = folder.resolve("job.properties");
    Files.writeString(file, "event-time.max-out-of-orderness: 60\n");
    assertThatThrownBy(() -> parse("--config", file.toString()))
        .hasMessage("event-time.max-out-of-orderness: '60' has no unit: give one, such as 60 s.");
  }

  @Test
  void noTimeAtAllNeedsNoUnit() {
    for (String none : List.of("0", "0 s", "0ms")) {
      assertThat(parse("--event-time.idle-timeout", none).get(EventTimeOptions.IDLE_TIMEOUT))
          .isZero();
      assertThatThrownBy(() -> parse("--sink.jdbc.flush-interval", none))
          .hasMessage("sink.jdbc.flush-interval: must be longer than 0.");
    }
  }

  @Test
  void timesHaveAnOffsetOrAreInUtc() {
    for (String noon :
        List.of("2018-08-15T12:00", "2018-08-15T12:00:00Z", "2018-08-15T20:00:00+08:00")) {
      assertThat(OptionTime.micros("from", noon)).isEqualTo(1_534_334_400_000_000L);
    }
    assertThat(OptionTime.micros("from", "2018-08-15")).isEqualTo(1_534_291_200_000_000L);
    assertThat(OptionTime.micros("from", "1970-01-01T00:00:00.000001Z")).isEqualTo(1);
    assertThatThrownBy(
            () -> parse("--messages.from", "2018-08-15", "--messages.to", "2018-08-15T00:00:00Z"))
        .hasMessage("messages.from: must be before messages.to.");
  }

  @Test
  void idsMayBeTexts() {
    Configuration texts = parse("--messages.ids", "text", "--messages.bot-agents", "bot:7;8");
    assertThat(texts.get(MessageOptions.IDS)).isEqualTo(Ids.TEXT);
    assertThat(MessageOptions.botAgents(texts)).hasSize(2).doesNotContain(8L);
    assertThat(SourceOptions.givesTexts(texts)).isTrue();
    Configuration integers = parse("--messages.bot-agents", "8");
    assertThat(MessageOptions.botAgents(integers)).containsExactly(8L);
    assertThat(SourceOptions.givesTexts(integers)).isFalse();
    assertThatThrownBy(
            () -> parse("--messages.ids", "text", "--messages.bot-agents", "x".repeat(513)))
        .hasMessage("messages.bot-agents: holds a text of 513 bytes, not an id.");
    assertThatThrownBy(
            () ->
                JobOptions.parse(
                    new String[] {
                      "--source.type", "datagen", "--messages.ids", "text",
                      "--sink.jdbc.url", "jdbc:postgresql://h/d", "--sink.jdbc.user", "u"
                    }))
        .hasMessage("messages.ids: not text with source.type datagen, which generates integers.");
  }

  @Test
  void namesHaveFieldsOfTheirOwn() {
    assertThat(SourceOptions.givesTexts(parse("--messages.field.customer", "name"))).isTrue();
    assertThatThrownBy(() -> parse("--messages.field.agent", "b"))
        .hasMessage("messages.field.agent: the field 'b' is already another's.");
    assertThatThrownBy(() -> parse("--messages.jq", ".", "--messages.field.agent", "x"))
        .hasMessageContaining("messages.field.agent: has no meaning with messages.jq");
  }

  @Test
  void labelsHaveAFieldOfTheirOwn() {
    assertThat(SourceOptions.givesLabels(parse())).isFalse();
    assertThat(SourceOptions.givesLabels(parse("--messages.field.labels", "tags"))).isTrue();
    assertThat(SourceOptions.givesLabels(parse("--messages.jq", "."))).isTrue();
    assertThatThrownBy(() -> parse("--messages.field.labels", "direct"))
        .hasMessage("messages.field.labels: the field 'direct' is already another's.");
    assertThatThrownBy(() -> parse("--messages.jq", ".", "--messages.field.labels", "x"))
        .hasMessageContaining("messages.field.labels: has no meaning with messages.jq");
  }

  @ParameterizedTest
  @ValueSource(strings = {"source.type", "source.files.path", "sink.jdbc.url", "sink.jdbc.user"})
  void whatIsNeededIsNamed(String key) {
    List<String> args = new ArrayList<>();
    NEEDED.forEach(
        (name, value) -> {
          if (!name.equals(key)) {
            args.addAll(List.of("--" + name, value));
          }
        });
    assertThatThrownBy(() -> JobOptions.parse(args.toArray(String[]::new)))
        .hasMessageStartingWith("--" + key + " is missing");
  }

  @Test
  void aCommandThatWritesNoTablesNeedsNoDatabase() {
    String[] needed = {"--source.type", "files", "--source.files.path", "in.jsonl"};
    assertThat(JobOptions.parseWithoutTables(needed).get(FileOptions.PATH)).isEqualTo("in.jsonl");
    List<String> args = new ArrayList<>(List.of(needed));
    args.addAll(List.of("--sink.jdbc.batch-rows", "0"));
    assertThatThrownBy(() -> JobOptions.parseWithoutTables(args.toArray(String[]::new)))
        .as("what is given is checked")
        .hasMessageStartingWith("sink.jdbc.batch-rows");
    assertThatThrownBy(() -> JobOptions.parseWithoutTables(new String[0]))
        .hasMessageStartingWith("--source.type is missing");
  }

  @Test
  void malformedCommandLines() {
    assertThatThrownBy(() -> JobOptions.parse(new String[] {"canary"}))
        .hasMessageContaining("argument 1")
        .hasMessageNotContaining("canary");
    assertThatThrownBy(() -> parse("--response-mode")).hasMessageContaining("lacks its value");
    assertThatThrownBy(() -> parse("--response-mode", "any-agent", "--response-mode", "any-agent"))
        .hasMessageContaining("given twice");
    assertThatThrownBy(() -> parse("--config", folder.resolve("none").toString()))
        .hasMessageContaining("there is no file");
  }

  @Test
  void optionsOfAGroupHaveAnyName() {
    Configuration options =
        parse(
            "--source.kafka.properties.security.protocol",
            "SSL",
            "--source.kafka.properties.ssl.endpoint.identification.algorithm=",
            "--source.kafka.properties.sasl.jaas.config=x.Y required user=\"a b\";");
    assertThat(options.get(KafkaOptions.PROPERTIES))
        .containsOnly(
            Map.entry("security.protocol", "SSL"),
            Map.entry("ssl.endpoint.identification.algorithm", ""),
            Map.entry("sasl.jaas.config", "x.Y required user=\"a b\";"));
    for (String key : List.of("source.kafka.properties", "source.kafka.properties.")) {
      assertThatThrownBy(() -> parse("--" + key, "a:b"))
          .hasMessage(
              "There is no option %s. Did you mean source.kafka.properties.*?".formatted(key));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|--source.kafka.bootstrap-servers is missing: for example localhost:9092.",
        "bootstrap-servers h:1|source.kafka.topics: give either this or source.kafka.topic-pattern.",
        "bootstrap-servers h:1 topics t topic-pattern t|source.kafka.topics: give either this or source.kafka.topic-pattern, not both.",
        "bootstrap-servers h:1 topics t start timestamp|source.kafka.start-timestamp: goes with source.kafka.start timestamp, and is needed there.",
        "bootstrap-servers h:1 topics t start-timestamp 2018-08-15T00:00:00Z|source.kafka.start-timestamp: goes with source.kafka.start timestamp, and is needed there.",
        "bootstrap-servers h:1 topics t discovery-interval 0s|source.kafka.discovery-interval: must be longer than 0.",
        "bootstrap-servers h:1 topics t on-missing-offset none|source.kafka.on-missing-offset: 'none' is not one of fail, earliest, latest.",
      })
  void whatKafkaNeedsIsNamed(String given, String message) {
    List<String> args = new ArrayList<>(List.of("--source.type", "kafka"));
    String[] words = given == null ? new String[0] : given.split(" ", -1);
    for (int i = 0; i < words.length; i += 2) {
      args.addAll(List.of("--source.kafka." + words[i], words[i + 1]));
    }
    assertThatThrownBy(() -> parse(args.toArray(String[]::new)))
        .isInstanceOf(BadOptionException.class)
        .hasMessage(message);
  }

  @Test
  void everyOptionIsDescribedAndTyped() {
    for (OptionEntry entry : entries().toList()) {
      ConfigOption<?> option = entry.option();
      assertThat(entry.description()).as(option.key()).endsWith(".").doesNotContain("&");
      assertThat(JobOptions.reference().help()).contains("--" + entry.key() + " ");
    }
    assertThat(JobOptions.reference().help()).contains("one of json-lines, json, csv");
  }

  private static Stream<OptionEntry> entries() {
    return JobOptions.GROUPS.stream().flatMap(group -> group.entries().stream());
  }

  private static Configuration parse(String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    NEEDED.forEach(
        (key, value) -> {
          if (all.stream().noneMatch(arg -> arg.equals("--" + key))) {
            all.addAll(List.of("--" + key, value));
          }
        });
    return JobOptions.parse(all.toArray(String[]::new));
  }
}
