package io.firstresponse.connectors.postgres;

import static io.firstresponse.connectors.postgres.AnswersTable.Answer.answered;
import static io.firstresponse.connectors.postgres.AnswersTable.Answer.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.AnswersTable.Answer;
import io.firstresponse.connectors.postgres.Fence.Attempt;
import io.firstresponse.connectors.postgres.Fence.Submission;
import io.firstresponse.connectors.postgres.Fence.Telling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.throwable.ThrowableClassifier;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Writers that take the place of others, which may go on, stand still, or be newer. */
@Timeout(60)
class FenceIT {

  /** 2020-01-01T00:00:00Z in microseconds. */
  private static final long T = 1_577_836_800_000_000L;

  private static final OffsetDateTime MORNING = OffsetDateTime.parse("2020-01-01T08:00:00Z");
  private static final OffsetDateTime NOON = MORNING.plusHours(4);
  private static final int ALL_GROUPS = 16;
  private static final KeyGroupRange ALL = KeyGroupRange.of(0, 15);

  private final EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();
  private final ManualTime time = new ManualTime();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<PostgresUpsertWriter<?>> writers = new ArrayList<>();
  private AnswersTable answers;

  @TempDir Path folder;

  @BeforeEach
  void createTables() throws Exception {
    answers = AnswersTable.createdOn(server);
    answers.execute(
        "create table first_response_schema (component text, version int)",
        Files.readString(Path.of("../conf/sql/required/04-dead-letter.sql")),
        Files.readString(Path.of("../conf/sql/required/06-writer.sql")));
  }

  @AfterEach
  void closeAll() {
    writers.forEach(PostgresUpsertWriter::close);
    threads.shutdownNow();
  }

  private PostgresUpsertWriter<Answer> claim(KeyGroupRange groups, OffsetDateTime submitted)
      throws Exception {
    return claim(groups, attempt(submitted, 0, "", 0));
  }

  private PostgresUpsertWriter<Answer> claim(KeyGroupRange groups, Attempt attempt)
      throws Exception {
    return claim(
        groups, ALL_GROUPS, attempt, Telling.ON, connections(server.url(answers.database())));
  }

  private static PostgresConnections connections(String url) {
    return PostgresConnections.to(url, EmbeddedPostgresServer.USER).build();
  }

  private PostgresUpsertWriter<Answer> claim(
      KeyGroupRange groups, int allGroups, OffsetDateTime submitted, Telling telling, String url)
      throws Exception {
    return claim(groups, allGroups, attempt(submitted, 0, "", 0), telling, connections(url));
  }

  private PostgresUpsertWriter<Answer> claim(
      KeyGroupRange groups,
      int allGroups,
      Attempt attempt,
      Telling telling,
      PostgresConnections connections)
      throws Exception {
    PostgresUpsertWriter<Answer> writer = create(groups, allGroups, attempt, telling, connections);
    writer.claim();
    return writer;
  }

  private PostgresUpsertWriter<Answer> create(
      KeyGroupRange groups,
      int allGroups,
      Attempt attempt,
      Telling telling,
      PostgresConnections connections)
      throws Exception {
    BatchSender<Answer> sender =
        new BatchSender<>(
            connections,
            AnswersTable.TABLE,
            Optional.of(
                new RefusedRows<>(AnswersTable.TABLE, AnswersTable.REFUSED, Optional.empty())),
            Duration.ofSeconds(30),
            Optional.of(new Fence("public", "tbl_result", groups, allGroups, attempt, telling)),
            new SinkMetrics(UnregisteredMetricsGroup.createSinkWriterMetricGroup()));
    PostgresUpsertWriter<Answer> writer =
        new PostgresUpsertWriter<>(
            sender,
            time,
            new BatchSize(1000, Duration.ofSeconds(5)),
            new BatchWait(Duration.ofMillis(100)));
    writers.add(writer);
    return writer;
  }

  private PostgresUpsertWriter<Answer> created(OffsetDateTime submitted) throws Exception {
    return create(
        ALL,
        ALL_GROUPS,
        attempt(submitted, 0, "", 0),
        Telling.ON,
        connections(server.url(answers.database())));
  }

  private static Attempt attempt(
      OffsetDateTime submitted, long checkpoint, String execution, int number) {
    return new Attempt(new Submission(submitted, "here", "f1"), checkpoint, execution, number);
  }

  @Test
  void whoeverWasReplacedWritesNothing() throws Exception {
    PostgresUpsertWriter<Answer> before = claim(ALL, MORNING);
    before.write(open(1, T), null);
    before.flush(false);
    before.write(open(2, T), null);
    PostgresUpsertWriter<Answer> after = claim(ALL, MORNING);
    assertThatThrownBy(() -> before.flush(false))
        .isInstanceOf(TakenOverException.class)
        .hasMessageContaining("tbl_result, key groups 0 to 15")
        .message()
        .doesNotContain("\n");
    assertThat(answers.rows().values()).containsExactly(open(1, T));
    after.write(open(3, T), null);
    after.flush(false);
    assertThat(answers.rows().values()).containsExactly(open(1, T), open(3, T));
  }

  @Test
  void theConnectionOfTheReplacedMayBeNew() throws Exception {
    try (FaultProxy proxy = new FaultProxy(server.port())) {
      String url = EmbeddedPostgresServer.url(proxy.port(), answers.database());
      PostgresUpsertWriter<Answer> before = claim(ALL, ALL_GROUPS, MORNING, Telling.ON, url);
      before.write(open(1, T), null);
      claim(ALL, MORNING);
      proxy.refuse();
      proxy.pass();
      assertThatThrownBy(() -> before.flush(false)).isInstanceOf(TakenOverException.class);
      assertThat(answers.rows()).isEmpty();
    }
  }

  /** By a user who may do nothing but write the tables. */
  @Test
  void aTransactionWhoseClientStandsStillIsEnded() throws Exception {
    String user = "writer_of_" + answers.database();
    server.createUser(user, "right");
    answers.execute(
        "grant usage on schema support to " + user,
        "grant all on tbl_writer, support.\"Answers\" to " + user);
    PostgresConnections connections =
        PostgresConnections.to(server.url(answers.database()), user)
            .passwordFile(Files.writeString(folder.resolve("password"), "right\n").toString())
            .build();
    claim(ALL, ALL_GROUPS, attempt(MORNING, 0, "", 0), Telling.ON, connections);
    try (Connection frozen = connections.another().getOrEstablishConnection();
        Statement statement = frozen.createStatement()) {
      frozen.setAutoCommit(false);
      statement.execute("select 1 from tbl_writer where target = 'tbl_result' for no key update");
      statement.execute("insert into support.\"Answers\" (b, b_ts) values (1, now())");

      PostgresUpsertWriter<Answer> after =
          claim(ALL, ALL_GROUPS, attempt(MORNING, 0, "", 0), Telling.ON, connections);

      assertThatThrownBy(frozen::commit)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).startsWith("57P"));
      after.write(open(2, T), null);
      after.flush(false);
      assertThat(answers.rows().values()).containsExactly(open(2, T));
    }
  }

  @Test
  void aClaimWhoseClientStandsStillIsEnded() throws Exception {
    claim(ALL, MORNING);
    try (Connection frozen = server.connect(answers.database());
        Statement statement = frozen.createStatement()) {
      frozen.setAutoCommit(false);
      statement.execute("lock table tbl_writer in share update exclusive mode");
      statement.execute("delete from tbl_writer");

      claim(ALL, MORNING);

      assertThatThrownBy(frozen::commit).isInstanceOf(SQLException.class);
      assertThat(rows()).containsExactly("0 15 true");
    }
  }

  @Test
  void aTransactionThatEndsIsWaitedForAndStays() throws Exception {
    claim(ALL, MORNING);
    try (Connection slow = server.connect(answers.database());
        Statement statement = slow.createStatement()) {
      slow.setAutoCommit(false);
      statement.execute("update tbl_writer set told_at = now()");
      statement.execute(
          "insert into support.\"Answers\" (b, b_ts) values (1, '2020-01-01T00:00:00Z')");
      Future<?> claiming = threads.submit(() -> claim(ALL, MORNING));
      Await.until("the claim waits", Duration.ofSeconds(10), () -> waiting() == 1);
      slow.commit();
      claiming.get();
      assertThat(answers.rows().values()).containsExactly(open(1, T));
    }
  }

  @Test
  void theJobThatWasSubmittedLaterWrites() throws Exception {
    PostgresUpsertWriter<Answer> first = claim(ALL, MORNING);
    first.write(open(1, T), null);
    claim(ALL, NOON);
    assertThatThrownBy(() -> first.flush(false))
        .isInstanceOf(SupersededException.class)
        .hasMessageContaining("submitted later, at 2020-01-01T12:00Z, writes tbl_result")
        .satisfies(
            e ->
                assertThat(ThrowableClassifier.getThrowableType(e))
                    .isEqualTo(ThrowableType.NonRecoverableError));
    assertThatThrownBy(() -> claim(KeyGroupRange.of(3, 4), MORNING))
        .isInstanceOf(SupersededException.class);
    assertThat(rows()).containsExactly("0 15 true");
    assertThat(answers.rows()).isEmpty();
  }

  /** From its start until its successor has begun to write, or made a checkpoint. */
  @Test
  void anAttemptThatStoodStillBeforeItBeganDoesNotBegin() throws Exception {
    PostgresUpsertWriter<Answer> second = claim(ALL, attempt(MORNING, 3, "one", 1));
    assertThatThrownBy(() -> claim(ALL, attempt(MORNING, 3, "one", 0)))
        .isInstanceOf(TakenOverException.class)
        .hasMessageContaining("attempt 0 from checkpoint 3, does not begin");
    assertThatThrownBy(() -> claim(KeyGroupRange.of(4, 5), attempt(MORNING, 2, "two", 7)))
        .isInstanceOf(TakenOverException.class)
        .hasMessageContaining("Attempt 1 from checkpoint 3 writes tbl_result");
    second.write(open(1, T), null);
    second.flush(false);
    assertThat(answers.rows().values()).containsExactly(open(1, T));

    // What is left of a row is still that attempt's.
    claim(KeyGroupRange.of(0, 7), attempt(MORNING, 3, "two", 0));
    assertThatThrownBy(() -> claim(KeyGroupRange.of(8, 15), attempt(MORNING, 3, "one", 0)))
        .isInstanceOf(TakenOverException.class);
    claim(KeyGroupRange.of(8, 15), attempt(MORNING, 3, "two", 0));
    // Another execution counts anew, and a later submission has checkpoints of its own.
    claim(KeyGroupRange.of(0, 7), attempt(MORNING, 4, "two", 5));
    claim(KeyGroupRange.of(0, 7), attempt(MORNING, 4, "three", 0));
    claim(ALL, attempt(NOON, 0, "four", 0));
    assertThat(rows()).containsExactly("0 15 true");
  }

  @Test
  void rowsCoverAllGroupsWhoeverComesAndGoes() throws Exception {
    claim(KeyGroupRange.of(0, 7), MORNING);
    assertThat(rows()).containsExactly("0 7 true", "8 15 false");
    PostgresUpsertWriter<Answer> second = claim(KeyGroupRange.of(8, 15), MORNING);
    assertThat(rows()).containsExactly("0 7 true", "8 15 true");
    // From two to three: the middle one overlaps with both.
    PostgresUpsertWriter<Answer> middle = claim(KeyGroupRange.of(6, 10), MORNING);
    assertThat(rows()).containsExactly("0 5 false", "6 10 true", "11 15 false");
    second.write(open(1, T), null);
    assertThatThrownBy(() -> second.flush(false)).isInstanceOf(TakenOverException.class);
    claim(KeyGroupRange.of(11, 15), MORNING);
    claim(KeyGroupRange.of(0, 5), MORNING);
    assertThat(rows()).containsExactly("0 5 true", "6 10 true", "11 15 true");
    middle.write(open(2, T), null);
    middle.flush(false);
    // Another maximum parallelism: the groups mean other keys.
    claim(KeyGroupRange.of(2, 3), 4, NOON, Telling.ON, server.url(answers.database()));
    assertThat(rows()).containsExactly("0 1 false", "2 3 true");
  }

  @Test
  void claimsAtOnceDoNotGetInEachOthersWay() throws Exception {
    for (int round = 0; round < 5; round++) {
      int tasks = 1 + round % 3;
      List<Future<?>> claims = new ArrayList<>();
      for (int task = 0; task < tasks; task++) {
        KeyGroupRange groups =
            KeyGroupRange.of(task * ALL_GROUPS / tasks, (task + 1) * ALL_GROUPS / tasks - 1);
        claims.add(threads.submit(() -> claim(groups, MORNING)));
      }
      for (Future<?> claim : claims) {
        claim.get();
      }
      assertThat(rows()).hasSize(tasks).allMatch(row -> row.endsWith("true"));
    }
  }

  @Test
  void itIsToldHowFarAllRowsAreComplete() throws Exception {
    assertThat(completeThrough()).isEqualTo("null null");
    PostgresUpsertWriter<Answer> one = claim(KeyGroupRange.of(0, 7), MORNING);
    one.writeWatermark(new Watermark(T / 1000));
    one.flush(false);
    assertThat(completeThrough()).as("the other has not come yet").startsWith("null");
    PostgresUpsertWriter<Answer> other = claim(KeyGroupRange.of(8, 15), MORNING);
    other.writeWatermark(new Watermark(T / 1000 + 5_000));
    time.advance(1_000);
    assertThat(completeThrough()).as("without rows").startsWith("2020-01-01 00:00:00");

    one.write(open(1, T), null);
    one.writeWatermark(new Watermark(T / 1000 + 3_000));
    time.advance(100);
    assertThat(answers.rows()).hasSize(1);
    time.advance(1_000);
    assertThat(completeThrough()).startsWith("2020-01-01 00:00:03");

    // Who comes after goes on from there, and nothing jumps while one is missing.
    one = claim(KeyGroupRange.of(0, 10), MORNING);
    assertThat(completeThrough()).startsWith("2020-01-01 00:00:03");
    one.writeWatermark(new Watermark(T / 1000 + 9_000));
    one.flush(false);
    assertThat(completeThrough()).startsWith("2020-01-01 00:00:05");
    other = claim(KeyGroupRange.of(11, 15), MORNING);
    for (PostgresUpsertWriter<Answer> writer : List.of(one, other)) {
      writer.writeWatermark(new Watermark(Long.MAX_VALUE));
      writer.flush(true);
    }
    assertThat(completeThrough()).startsWith("infinity");

    claim(ALL, ALL_GROUPS, NOON, Telling.ANEW, server.url(answers.database()));
    assertThat(completeThrough()).as("a job that starts anew").startsWith("null");
  }

  @Test
  void itIsNotToldBeforeTheRowsAreThere() throws Exception {
    PostgresUpsertWriter<Answer> writer = claim(ALL, MORNING);
    writer.write(open(1, T), null);
    writer.write(open(1, T + 1), null);
    writer.writeWatermark(new Watermark(T / 1000));
    // The second one is refused, so the batch is halved.
    writer.flush(false);
    assertThat(answers.rows()).hasSize(1);
    assertThat(answers.refused()).hasSize(1);
    assertThat(completeThrough()).startsWith("2020-01-01 00:00:00");
  }

  /** A row that was refused is missing until it is recorded. */
  @Test
  void itIsNotToldBeforeRefusedRowsAreRecorded() throws Exception {
    answers.execute("alter table support.refused add check (state <> '23514')");
    PostgresUpsertWriter<Answer> writer = claim(ALL, MORNING);
    // It goes first, and the other one with the last transaction.
    writer.write(answered(1, T, 5, T - 1), null);
    writer.write(open(2, T), null);
    writer.writeWatermark(new Watermark(T / 1000));
    assertThatThrownBy(() -> writer.flush(false))
        .hasMessageContaining("the record of it was refused too");
    assertThat(answers.rows()).hasSize(1);
    assertThat(completeThrough()).startsWith("null");
  }

  @Test
  void theRowIsWrittenOnceASecondHoweverManyBatchesThereAre() throws Exception {
    PostgresUpsertWriter<Answer> writer = claim(ALL, MORNING);
    Set<String> versions = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      writer.write(open(i, T), null);
      writer.writeWatermark(new Watermark(T / 1000 + i));
      time.advance(100);
      versions.addAll(strings("select xmin::text from tbl_writer"));
    }
    assertThat(answers.rows()).hasSize(100);
    // One for each batch would stay as long as any transaction elsewhere may see it.
    assertThat(versions).hasSizeBetween(9, 12);
  }

  /** A job whose state does not fit ends before any of this. */
  @Test
  void aWriterThatIsCreatedFencesOffNobodyUntilItHasSomethingToDo() throws Exception {
    PostgresUpsertWriter<Answer> before = claim(ALL, MORNING);
    PostgresUpsertWriter<Answer> after = created(NOON);
    before.write(open(1, T), null);
    before.flush(false);
    assertThat(answers.rows().values()).containsExactly(open(1, T));

    after.writeWatermark(new Watermark(T / 1000));
    before.write(open(2, T), null);
    assertThatThrownBy(() -> before.flush(false)).isInstanceOf(SupersededException.class);
  }

  @Test
  void aWriterThatHasNothingToDoReportsThatItIsThere() throws Exception {
    PostgresUpsertWriter<Answer> writer = created(MORNING);
    time.advance(1_000);
    assertThat(rows()).isEmpty();
    time.advance(1_000);
    assertThat(rows()).containsExactly("0 15 true");
    for (int i = 0; i < 3; i++) {
      assertThat(alive()).containsExactly("true");
      answers.execute("update tbl_writer set alive_at = now() - interval '1 day'");
      assertThat(alive()).containsExactly("false");
      time.advance(20_000);
    }
    writer.writeWatermark(new Watermark(Long.MAX_VALUE));
    writer.flush(true);
    time.advance(20_000);
    assertThat(strings("select alive_at::text from tbl_writer")).containsOnlyNulls();
  }

  @Test
  void aWriterThatHasNothingToDoNoticesThatItWasReplaced() throws Exception {
    claim(ALL, MORNING);
    claim(ALL, NOON);
    assertThatThrownBy(() -> time.advance(20_000)).hasCauseInstanceOf(SupersededException.class);
  }

  @Test
  void anOutageWhileThereIsNothingToDoIsNoFailure() throws Exception {
    try (FaultProxy proxy = new FaultProxy(server.port())) {
      String url = EmbeddedPostgresServer.url(proxy.port(), answers.database());
      PostgresUpsertWriter<Answer> writer = claim(ALL, ALL_GROUPS, MORNING, Telling.ON, url);
      proxy.refuse();
      time.advance(20_000);
      proxy.pass();
      writer.write(open(1, T), null);
      writer.flush(false);
      assertThat(answers.rows().values()).containsExactly(open(1, T));
    }
  }

  private List<String> alive() throws SQLException {
    return strings("select (alive_at > now() - interval '1 min')::text from tbl_writer");
  }

  private List<String> rows() throws SQLException {
    return strings(
        "select first_group || ' ' || last_group || ' ' || (owner is not null) from tbl_writer"
            + " order by first_group");
  }

  private String completeThrough() throws SQLException {
    return strings(
            "select coalesce((complete_through at time zone 'UTC')::text, 'null') || ' '"
                + " || coalesce(told_at::text, 'null') from data_complete_through")
        .get(0);
  }

  private int waiting() throws SQLException {
    return strings(
            "select pid::text from pg_stat_activity where wait_event_type = 'Lock' and datname ="
                + " current_database()")
        .size();
  }

  private List<String> strings(String query) throws SQLException {
    List<String> strings = new ArrayList<>();
    try (Connection connection = server.connect(answers.database());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
    }
    return strings;
  }
}
