package io.firstresponse.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/demo}, with fewer messages. */
class DemoIT {

  private static final Duration LIMIT = Duration.ofSeconds(110);
  // The last lines that a demo prints before it waits: what comes before is complete then.
  private static final String STAYS = "The report, for a browser: ";
  private static final String STAYS_WITH_BROKER = "--sink.jdbc.create-tables true";
  private static final Pattern DATABASE = Pattern.compile("jdbc:postgresql://localhost:\\d+/\\S+");
  private static final Pattern REPORT = Pattern.compile("report: (\\S+demo-report\\.html)");

  @TempDir Path folder;
  private Path temporary;

  @BeforeEach
  void createFolder() throws Exception {
    temporary = Files.createDirectory(folder.resolve("tmp"));
  }

  @Test
  void theDatabaseStaysUntilEnterIsPressed() throws Exception {
    try (Script demo = demo("--stay")) {
      Await.until("the end of the job", LIMIT, () -> demo.out().contains(STAYS));
      assertThat(demo.out()).containsPattern("exact: yes, [\\d,]+ sessions compared");
      assertThat(Path.of(found(REPORT, demo))).content().contains("Response times of the demo");
      assertThat(demo.out())
          .contains("psql -h localhost -p ", "It asks for no password")
          .doesNotContain("Kafka");
      hasEverythingThatADeskHas(demo);
      demo.enter();
      assertThat(demo.outcome().exitCode()).as(demo.err()).isZero();
    }
    assertThat(left()).isEmpty();
  }

  @Test
  void theMessagesGoThroughABroker() throws Exception {
    ProcessHandle broker;
    try (Script demo = demo("--kafka", "--stay")) {
      Await.until("the end of the job", LIMIT, () -> demo.out().contains(STAYS_WITH_BROKER));
      assertThat(demo.out())
          .containsPattern("exact: yes, [\\d,]+ sessions compared")
          .containsPattern("--source.kafka.bootstrap-servers 127.0.0.1:\\d+");
      hasEverythingThatADeskHas(demo);
      broker = broker(demo).orElseThrow();
      demo.signal("TERM");
      assertThat(demo.outcome().exitCode()).as(demo.err()).isZero();
    }
    assertThat(broker.isAlive()).isFalse();
    assertThat(left()).isEmpty();
  }

  @Test
  void aBrokerEndsWithADemoThatIsKilled() throws Exception {
    ProcessHandle broker;
    try (Script demo = demo("--kafka")) {
      Await.until("the broker", LIMIT, () -> demo.out().contains("Writing 20,000 messages"));
      broker = broker(demo).orElseThrow();
      demo.signal("KILL");
      demo.outcome();
    }
    Await.until("its end", LIMIT, () -> !broker.isAlive());
  }

  @Test
  void wrongArgumentsAreOneLine() throws Exception {
    for (List<String> wrong :
        List.of(
            List.of("--now"),
            List.of("--messages"),
            List.of("--messages", "10"),
            List.of("1000"))) {
      try (Script demo = Script.start("demo", folder, Map.of(), wrong)) {
        Script.Outcome outcome = demo.outcome();
        assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(2);
        assertThat(outcome.err().lines()).as("%s", outcome).hasSize(1);
        assertThat(outcome.err()).contains("--messages");
      }
    }
  }

  private Script demo(String... options) throws Exception {
    List<String> args =
        Stream.concat(Stream.of(options), Stream.of("--messages", "20000")).toList();
    return Script.start("demo", folder, Map.of("TMPDIR", temporary.toString()), args);
  }

  /** Labels, names, teams, goals, closes and a bot, in what the demo prints and in its database. */
  private static void hasEverythingThatADeskHas(Script demo) throws Exception {
    assertThat(demo.out())
        .containsPattern(
            "Done: [\\d,]+ messages, [\\d,]+ sessions, [\\d,]+ answered, [1-9][\\d,]* closed")
        .containsPattern("ignored [1-9]")
        .containsPattern("By channel\\n(.*\\n)+? *chat .*\\n *email ")
        .containsPattern("By team\\n(.*\\n)+? *Day .*\\n *Evening .*\\n *Night ")
        .containsPattern("Slowest agents\\n(.*\\n)+? *[A-Z][a-z]+ [A-Z]\\. ");
    try (Connection connection =
            DriverManager.getConnection(found(DATABASE, demo), "postgres", "");
        Statement statement = connection.createStatement()) {
      for (Map.Entry<String, Boolean> query :
          Map.of(
                  "select sum(sessions) > 0 from response_times_by_day",
                  true,
                  // A session without a name, labels or a team.
                  """
                  select count(*) > 0 from response_sessions
                  where customer is null or labels is null or asked_agent is null or team is null
                    or (status = 'answered' and responder is null)""",
                  false,
                  "select count(*) = 12 from tbl_labels",
                  true,
                  "select count(distinct team) = 3 from sla_attainment_by_team where goal is not null",
                  true,
                  // A team that answers outside of its shift, but for the disorder.
                  """
                  select count(*) > 0 from response_sessions
                  where team <> case (extract(hour from responded_at at time zone 'UTC')::integer) / 8
                      when 0 then 'Night' when 1 then 'Day' else 'Evening' end
                    and extract(epoch from responded_at)::bigint % 28800 < 28740""",
                  false)
              .entrySet()) {
        try (ResultSet row = statement.executeQuery(query.getKey())) {
          row.next();
          assertThat(row.getBoolean(1)).as(query.getKey()).isEqualTo(query.getValue());
        }
      }
    }
  }

  private static String found(Pattern pattern, Script demo) throws Exception {
    Matcher matcher = pattern.matcher(demo.out());
    assertThat(matcher.find()).as(demo.out()).isTrue();
    return matcher.group(matcher.groupCount());
  }

  private static Optional<ProcessHandle> broker(Script demo) {
    return ProcessHandle.of(demo.pid()).stream()
        .flatMap(ProcessHandle::children)
        .filter(child -> child.info().command().orElse("").endsWith("java"))
        .findFirst();
  }

  private List<Path> left() throws Exception {
    try (Stream<Path> paths = Files.list(temporary)) {
      return paths.toList();
    }
  }
}
