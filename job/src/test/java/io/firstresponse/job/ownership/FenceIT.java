package io.firstresponse.job.ownership;

import static io.firstresponse.connectors.postgres.sink.AnswersTable.Answer.answered;
import static io.firstresponse.connectors.postgres.sink.AnswersTable.Answer.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.connectors.postgres.FaultProxy;
import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.sink.AnswersTable;
import io.firstresponse.connectors.postgres.sink.AnswersTable.Answer;
import io.firstresponse.connectors.postgres.sink.GuardedWriter;
import io.firstresponse.connectors.postgres.sink.ManualTime;
import io.firstresponse.connectors.postgres.sink.TestWriters;
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
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.api.common.eventtime.Watermark;
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
  private final List<GuardedWriter<?>> writers = new ArrayList<>();
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
  void closeAll() throws Exception {
    for (GuardedWriter<?> writer : writers) {
      writer.close();
    }
    threads.shutdownNow();
  }

  private GuardedWriter<Answer> claim(KeyGroupRange groups, OffsetDateTime submitted)
      throws Exception {
    return claim(groups, attempt(submitted, 0, "", 0));
  }

  private GuardedWriter<Answer> claim(KeyGroupRange groups, Attempt attempt) throws Exception {
    return claim(
        groups,
        ALL_GROUPS,
        attempt,
        InitialProgress.CONTINUED,
        connections(server.url(answers.database())));
  }

  private static PostgresConnections connections(String url) {
    return PostgresConnections.to(url, EmbeddedPostgresServer.USER).build();
  }

  private GuardedWriter<Answer> claim(
      KeyGroupRange groups,
      int allGroups,
      OffsetDateTime submitted,
      InitialProgress progress,
      String url)
      throws Exception {
    return claim(groups, allGroups, attempt(submitted, 0, "", 0), progress, connections(url));
  }

  private GuardedWriter<Answer> claim(
      KeyGroupRange groups,
      int allGroups,
      Attempt attempt,
      InitialProgress progress,
      PostgresConnections connections)
      throws Exception {
    GuardedWriter<Answer> writer = create(groups, allGroups, attempt, progress, connections);
    writer.claim();
    return writer;
  }

  private GuardedWriter<Answer> create(
      KeyGroupRange groups,
      int allGroups,
      Attempt attempt,
      InitialProgress progress,
      PostgresConnections connections)
      throws Exception {
    GuardedWriter<Answer> writer =
        TestWriters.guarded(
            connections,
            new Fence(
                "public",
                new KeyGroups(
                    "tbl_result", groups.getStartKeyGroup(), groups.getEndKeyGroup(), allGroups),
                attempt,
                progress),
            time);
    writers.add(writer);
    return writer;
  }

  private GuardedWriter<Answer> created(OffsetDateTime submitted) throws Exception {
    return create(
        ALL,
        ALL_GROUPS,
        attempt(submitted, 0, "", 0),
        InitialProgress.CONTINUED,
        connections(server.url(answers.database())));
  }

  private static Attempt attempt(
      OffsetDateTime submitted, long checkpoint, String execution, int number) {
    return new Attempt(new Submission(submitted, "here", "f1"), checkpoint, execution, number);
  }

  @Test
  void whoeverWasReplacedWritesNothing() throws Exception {
    GuardedWriter<Answer> before = claim(ALL, MORNING);
    before.write(open(1, T), null);
    before.flush(false);
    before.write(open(2, T), null);
    GuardedWriter<Answer> after = claim(ALL, MORNING);
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
      GuardedWriter<Answer> before =
          claim(ALL, ALL_GROUPS, MORNING, InitialProgress.CONTINUED, url);
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
    claim(ALL, ALL_GROUPS, attempt(MORNING, 0, "", 0), InitialProgress.CONTINUED, connections);
    try (Connection frozen = connections.another().getOrEstablishConnection();
        Statement statement = frozen.createStatement()) {
      frozen.setAutoCommit(false);
      statement.execute("select 1 from tbl_writer where target = 'tbl_result' for no key update");
      statement.execute("insert into support.\"Answers\" (b, b_ts) values (1, now())");

      GuardedWriter<Answer> after =
          claim(
              ALL, ALL_GROUPS, attempt(MORNING, 0, "", 0), InitialProgress.CONTINUED, connections);

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
      statement.execute("update tbl_writer set reported_at = now()");
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
    GuardedWriter<Answer> first = claim(ALL, MORNING);
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
    GuardedWriter<Answer> second = claim(ALL, attempt(MORNING, 3, "one", 1));
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
    GuardedWriter<Answer> second = claim(KeyGroupRange.of(8, 15), MORNING);
    assertThat(rows()).containsExactly("0 7 true", "8 15 true");
    // From two to three: the middle one overlaps with both.
    GuardedWriter<Answer> middle = claim(KeyGroupRange.of(6, 10), MORNING);
    assertThat(rows()).containsExactly("0 5 false", "6 10 true", "11 15 false");
    second.write(open(1, T), null);
    assertThatThrownBy(() -> second.flush(false)).isInstanceOf(TakenOverException.class);
    claim(KeyGroupRange.of(11, 15), MORNING);
    claim(KeyGroupRange.of(0, 5), MORNING);
    assertThat(rows()).containsExactly("0 5 true", "6 10 true", "11 15 true");
    middle.write(open(2, T), null);
    middle.flush(false);
    // Another maximum parallelism: the groups mean other keys.
    claim(
        KeyGroupRange.of(2, 3), 4, NOON, InitialProgress.CONTINUED, server.url(answers.database()));
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
  void recordsThroughWhenAllRowsAreComplete() throws Exception {
    assertThat(completeThrough()).isEqualTo("null null");
    GuardedWriter<Answer> one = claim(KeyGroupRange.of(0, 7), MORNING);
    one.writeWatermark(new Watermark(T / 1000));
    one.flush(false);
    assertThat(completeThrough()).as("the other has not come yet").startsWith("null");
    GuardedWriter<Answer> other = claim(KeyGroupRange.of(8, 15), MORNING);
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
    for (GuardedWriter<Answer> writer : List.of(one, other)) {
      writer.writeWatermark(new Watermark(Long.MAX_VALUE));
      writer.flush(true);
    }
    assertThat(completeThrough()).startsWith("infinity");

    claim(ALL, ALL_GROUPS, NOON, InitialProgress.UNKNOWN, server.url(answers.database()));
    assertThat(completeThrough()).as("a job that starts anew").startsWith("null");
  }

  @Test
  void recordsNoProgressBeforeTheRowsAreThere() throws Exception {
    GuardedWriter<Answer> writer = claim(ALL, MORNING);
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
  void recordsNoProgressBeforeRefusedRowsAreRecorded() throws Exception {
    answers.execute("alter table support.refused add check (state <> '23514')");
    GuardedWriter<Answer> writer = claim(ALL, MORNING);
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
    GuardedWriter<Answer> writer = claim(ALL, MORNING);
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
    GuardedWriter<Answer> before = claim(ALL, MORNING);
    GuardedWriter<Answer> after = created(NOON);
    before.write(open(1, T), null);
    before.flush(false);
    assertThat(answers.rows().values()).containsExactly(open(1, T));

    after.writeWatermark(new Watermark(T / 1000));
    before.write(open(2, T), null);
    assertThatThrownBy(() -> before.flush(false)).isInstanceOf(SupersededException.class);
  }

  @Test
  void aWriterThatHasNothingToDoReportsThatItIsThere() throws Exception {
    GuardedWriter<Answer> writer = created(MORNING);
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
      GuardedWriter<Answer> writer =
          claim(ALL, ALL_GROUPS, MORNING, InitialProgress.CONTINUED, url);
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
                + " || coalesce(reported_at::text, 'null') from data_complete_through")
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
