package io.firstresponse.connectors.postgres.sink;

import static io.firstresponse.connectors.postgres.sink.AnswersTable.Answer.answered;
import static io.firstresponse.connectors.postgres.sink.AnswersTable.Answer.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.firstresponse.connectors.PermanentFailure;
import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.connectors.postgres.FaultProxy;
import io.firstresponse.connectors.postgres.TransactionPooler;
import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.connection.RetryPolicy;
import io.firstresponse.connectors.postgres.connection.TimestampRange;
import io.firstresponse.connectors.postgres.sink.AnswersTable.Answer;
import io.firstresponse.connectors.postgres.sink.AnswersTable.AnswerKey;
import io.firstresponse.connectors.postgres.sink.AnswersTable.Refused;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The writer against a real PostgreSQL, whole and broken. */
@Timeout(60)
class PostgresUpsertSinkIT {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration MAX_DELAY = Duration.ofSeconds(1);

  /** 2020-01-01T00:00:00Z in microseconds. */
  private static final long T = 1_577_836_800_000_000L;

  private final EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();
  private final ManualTime time = new ManualTime();
  private final SinkMetrics metrics =
      new SinkMetrics(UnregisteredMetricsGroup.createSinkWriterMetricGroup());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<PostgresUpsertWriter<?>> writers = new ArrayList<>();
  private AnswersTable answers;

  @TempDir Path directory;

  @BeforeEach
  void createTables() {
    answers = AnswersTable.createdOn(server);
  }

  @AfterEach
  void closeAll() {
    writers.forEach(PostgresUpsertWriter::close);
    threads.shutdownNow();
  }

  /** What a writer is made of in these tests, where it is not as in {@link #writer()}. */
  private final class Writing {
    private PostgresConnections connections = connections(server.url(answers.database()));
    private PostgresTable<Answer> table = AnswersTable.TABLE;
    private PostgresTable<RefusedRow<Answer>> refused = AnswersTable.REFUSED;
    private int maxRows = 1000;
    private Duration maxTime = SOON;
    private Duration retryTimeout = SOON;
    private RowsWritten<Answer> written = (connection, rows, changed) -> {};

    PostgresUpsertWriter<Answer> writer() {
      PostgresUpsertWriter<Answer> writer =
          new PostgresUpsertWriter<>(
              new BatchSender<>(
                  new Transactions(connections, RetryPolicy.within(retryTimeout), metrics),
                  table,
                  Optional.ofNullable(refused)
                      .map(
                          records ->
                              new RefusedRows<>(
                                  table, records, Optional.of("t.state <> 'settled'"))),
                  Optional.empty(),
                  written,
                  metrics),
              time,
              new BatchSize(maxRows, maxTime),
              new BatchWait(MAX_DELAY));
      writers.add(writer);
      return writer;
    }
  }

  private PostgresUpsertWriter<Answer> writer() {
    return new Writing().writer();
  }

  private PostgresUpsertWriter<Answer> writer(String url, Duration retryTimeout) {
    Writing writing = new Writing();
    writing.connections = impatient(url);
    writing.retryTimeout = retryTimeout;
    return writing.writer();
  }

  private static PostgresConnections connections(String url) {
    return PostgresConnections.to(url, EmbeddedPostgresServer.USER).build();
  }

  private static PostgresConnections impatient(String url) {
    return PostgresConnections.to(url, EmbeddedPostgresServer.USER)
        .connectTimeout(Duration.ofSeconds(1))
        .socketTimeout(Duration.ofSeconds(1))
        .build();
  }

  private static void write(PostgresUpsertWriter<Answer> writer, Answer... rows) throws Exception {
    write(writer, List.of(rows));
  }

  private static void write(PostgresUpsertWriter<Answer> writer, Collection<Answer> rows)
      throws Exception {
    for (Answer row : rows) {
      writer.write(row, null);
    }
  }

  private Future<Void> inBackground(Callable<Void> body) {
    return threads.submit(body);
  }

  private static Callable<Void> flushing(PostgresUpsertWriter<Answer> writer) {
    return () -> {
      writer.flush(false);
      return null;
    };
  }

  private static long micros(String instant) {
    Instant parsed = Instant.parse(instant);
    return parsed.getEpochSecond() * 1_000_000 + parsed.getNano() / 1_000;
  }

  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void keepsEveryMicrosecondFromYear1To9999() throws Exception {
    List<Answer> rows = new ArrayList<>();
    rows.add(open(1, micros("0001-01-01T00:00:00.000000Z")));
    rows.add(open(2, micros("1969-12-31T23:59:59.999999Z")));
    rows.add(open(3, micros("1999-12-31T23:59:59.999999Z")));
    rows.add(open(4, micros("2255-06-05T23:47:34.740993Z"))); // 2^53 + 1 microseconds
    rows.add(open(5, micros("9999-12-31T23:59:59.999999Z")));
    Random random = new Random(1);
    for (int b = 6; b < 2006; b++) {
      long span = TimestampRange.LATEST_MICROS - TimestampRange.EARLIEST_MICROS;
      long asked = TimestampRange.EARLIEST_MICROS + Math.floorMod(random.nextLong(), span);
      rows.add(answered(b, asked, 7, asked + 1));
    }
    PostgresUpsertWriter<Answer> writer = writer();
    write(writer, rows);
    writer.flush(false);
    assertThat(answers.rows().values()).containsExactlyInAnyOrderElementsOf(rows);
  }

  @Test
  void refusesTimesBeforeChristAndAfterYear9999() throws Exception {
    PostgresUpsertWriter<Answer> writer = writer();
    Answer good = open(2, T);
    write(
        writer,
        open(1, TimestampRange.EARLIEST_MICROS - 1),
        good,
        open(3, TimestampRange.LATEST_MICROS + 1));
    writer.flush(false);
    assertThat(answers.rows().values()).containsExactly(good);
    assertThat(answers.refused())
        .extracting(Refused::b, Refused::state)
        .containsExactly(tuple(1L, "22008"), tuple(3L, "22008"));
  }

  @Test
  void sendsTheLastOfSeveralRowsOfOneKey() throws Exception {
    PostgresUpsertWriter<Answer> writer = writer();
    write(writer, open(1, T), open(2, T), answered(1, T, 5, T + 9), open(2, T).withNote("again"));
    writer.flush(false);
    assertThat(answers.rows().values())
        .containsExactly(answered(1, T, 5, T + 9), open(2, T).withNote("again"));
    assertThat(metrics.rowsSent.getCount()).isEqualTo(2);
  }

  @Test
  void closesBeforeItOpens() throws Exception {
    PostgresUpsertWriter<Answer> writer = writer();
    write(writer, open(1, T), open(2, T + 5));
    writer.flush(false);
    // The later question of a customer comes first by arrival, and for customer 2 also by key.
    write(writer, open(1, T + 20), answered(1, T, 5, T + 10));
    write(writer, open(2, T), answered(2, T + 5, 5, T + 10));
    writer.flush(false);
    assertThat(answers.refused()).isEmpty();
    assertThat(answers.rows().values())
        .containsExactly(
            answered(1, T, 5, T + 10), open(1, T + 20), open(2, T), answered(2, T + 5, 5, T + 10));
  }

  @Test
  void manyNewRowsGoByCopyAndTheRefusedOneIsFound() throws Exception {
    answers.execute(
        "create table support.statements (query text)",
        "create function support.note() returns trigger language plpgsql as $$ begin"
            + " insert into support.statements values (current_query()); return null; end $$",
        "create trigger noted after insert on support.\"Answers\""
            + " for each statement execute function support.note()",
        "create function support.refuse() returns trigger language plpgsql as $$ begin"
            + " if new.b = 777 then raise 'not this one' using errcode = '23514'; end if;"
            + " return new; end $$",
        "create trigger refusing before insert on support.\"Answers\""
            + " for each row execute function support.refuse()");
    Writing writing = new Writing();
    writing.maxRows = 4_000;
    PostgresUpsertWriter<Answer> writer = writing.writer();
    Map<AnswerKey, Answer> expected = new HashMap<>();
    for (int b = 0; b < 2_000; b++) {
      Answer row = open(b, T + b).withNote(b % 3 == 0 ? null : "\\N, \"b\"\t" + b + "\n\u20ac");
      write(writer, row);
      expected.put(AnswerKey.of(row), row);
    }
    writer.flush(false);
    expected.remove(new AnswerKey(777, T + 777));
    assertThat(answers.rows()).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(answers.refused()).extracting(Refused::b).containsExactly(777L);
    assertThat(statements()).anyMatch(query -> query.startsWith("copy"));
  }

  /** COPY would not follow a rule. */
  @Test
  void rowsOfATableWithRulesAreInserted() throws Exception {
    answers.execute(
        "create table support.audit (b bigint)",
        "create rule audited as on insert to support.\"Answers\""
            + " do also insert into support.audit values (new.b)");
    PostgresUpsertWriter<Answer> writer = writer();
    for (int b = 0; b < 900; b++) {
      write(writer, open(b, T));
    }
    writer.flush(false);
    assertThat(answers.rows()).hasSize(900);
    try (Connection connection = server.connect(answers.database());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(distinct b) from support.audit")) {
      row.next();
      assertThat(row.getLong(1)).isEqualTo(900);
    }
  }

  private List<String> statements() throws Exception {
    List<String> statements = new ArrayList<>();
    try (Connection connection = server.connect(answers.database());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select query from support.statements")) {
      while (row.next()) {
        statements.add(row.getString(1));
      }
    }
    return statements;
  }

  /** Those that the table has already are not among the changed ones. */
  @Test
  void whoeverTakesPartSeesTheRowsInTheirTransaction() throws Exception {
    List<String> seen = new ArrayList<>();
    Writing writing = new Writing();
    writing.table =
        PostgresTable.<Answer>named("Answers")
            .schema("support")
            .key(Column.bigint("b", Answer::b))
            .key(Column.timestamptz("b_ts", Answer::askedAt))
            .column(Column.text("note", Answer::note).updatedTo("t.note || excluded.note"))
            .onConflictUpdateIf("t.note <> excluded.note")
            .build();
    writing.written =
        (connection, rows, changed) -> {
          try (Statement statement = connection.createStatement();
              ResultSet row =
                  statement.executeQuery(
                      "select string_agg(note, ',' order by b) from support.\"Answers\"")) {
            row.next();
            seen.add(rows.size() + " rows, " + changed + " changed: " + row.getString(1));
          }
        };
    PostgresUpsertWriter<Answer> writer = writing.writer();
    write(writer, open(1, T).withNote("a"), open(2, T).withNote("b"));
    writer.flush(false);
    write(writer, open(1, T).withNote("a"), open(2, T).withNote("c"), open(3, T).withNote("d"));
    writer.flush(false);
    assertThat(seen).containsExactly("2 rows, 2 changed: a,b", "3 rows, 2 changed: a,bc,d");
    assertThat(answers.rows()).hasSize(3);
  }

  @Test
  void neverOpensWhatWasAnswered() throws Exception {
    PostgresUpsertWriter<Answer> writer = writer();
    write(writer, answered(1, T, 5, T + 10));
    writer.flush(false);
    write(writer, open(1, T), answered(2, T, 5, T + 10));
    writer.flush(false);
    assertThat(answers.rows().values())
        .containsExactly(answered(1, T, 5, T + 10), answered(2, T, 5, T + 10));
  }

  @Test
  void updatesWhatWasExpectedToBeNewAndIsThere() throws Exception {
    PostgresUpsertWriter<Answer> writer = writer();
    for (int replay = 0; replay < 3; replay++) {
      write(writer, open(1, T), open(2, T + replay), answered(3, T, 5, T + 10));
      writer.flush(false);
      // What comes next is refused for a reason of its own, and is still found.
      write(writer, open(4, T + replay), answered(2, T + replay, 5, T + 10));
      writer.flush(false);
    }
    assertThat(answers.rows().values())
        .containsExactly(
            open(1, T),
            answered(2, T, 5, T + 10),
            answered(2, T + 1, 5, T + 10),
            answered(2, T + 2, 5, T + 10),
            answered(3, T, 5, T + 10),
            open(4, T));
    assertThat(answers.refused()).extracting(Refused::b).containsExactly(4L, 4L);
    assertThat(metrics.rowsSent.getCount()).as("rows and records of refused ones").isEqualTo(15);
    assertThat(metrics.retries.getCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64, 5000})
  void agreesWithAMap(int maxRows) throws Exception {
    Writing writing = new Writing();
    writing.maxRows = maxRows;
    PostgresUpsertWriter<Answer> writer = writing.writer();
    Random random = new Random(maxRows);
    Map<AnswerKey, Answer> expected = new HashMap<>();
    Map<Long, Answer> openOf = new HashMap<>();
    int writes = maxRows == 1 ? 500 : 4000;
    for (int i = 0; i < writes; i++) {
      long b = random.nextInt(60);
      Answer open = openOf.get(b);
      Answer row;
      if (open == null) {
        row = open(b, T + i);
        openOf.put(b, row);
      } else if (random.nextInt(4) == 0) {
        row = open.withNote("seen " + i + " \u00fc \ud83d\ude00 \" \\ ' {} ,");
      } else {
        row = answered(b, open.askedAt(), i, T + i);
        openOf.remove(b);
      }
      expected.put(AnswerKey.of(row), row);
      writer.write(row, null);
      if (random.nextInt(500) == 0) {
        writer.flush(false);
      }
    }
    writer.flush(true);
    assertThat(answers.refused()).isEmpty();
    assertThat(answers.rows()).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void sendsWhenTheFirstRowHasWaited() throws Exception {
    PostgresUpsertWriter<Answer> writer = writer();
    write(writer, open(1, T));
    time.advance(BatchWait.MIN_MILLIS - 1);
    assertThat(answers.rows()).isEmpty();
    time.advance(1);
    assertThat(answers.rows()).hasSize(1);
    write(writer, open(2, T));
    time.advance(MAX_DELAY.toMillis());
    assertThat(answers.rows()).hasSize(2);
  }

  @Test
  void sendsWhenThereAreEnoughRows() throws Exception {
    Writing writing = new Writing();
    writing.maxRows = 2;
    PostgresUpsertWriter<Answer> writer = writing.writer();
    write(writer, open(1, T));
    assertThat(answers.rows()).isEmpty();
    write(writer, open(2, T));
    assertThat(answers.rows()).hasSize(2);
  }

  @Test
  void writesNothingWhenItCloses() throws Exception {
    PostgresUpsertWriter<Answer> writer = writer();
    write(writer, open(1, T));
    writer.close();
    time.advance(MAX_DELAY.toMillis());
    assertThat(answers.rows()).isEmpty();
    assertThatThrownBy(() -> writer.flush(false)).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void recordsRefusedRowsAndWritesTheOthers(long seed) throws Exception {
    Random random = new Random(seed);
    List<Answer> good = new ArrayList<>();
    List<Refused> bad = new ArrayList<>();
    List<Answer> rows = new ArrayList<>();
    for (int b = 0; b < 300; b++) {
      boolean poison = b == 0 || b == 299 || random.nextInt(20) == 0;
      if (!poison) {
        Answer row = random.nextBoolean() ? open(b, T) : answered(b, T, 5, T + b);
        good.add(row);
        rows.add(row);
      } else if (random.nextBoolean()) {
        rows.add(answered(b, T, 5, T - 1));
        bad.add(new Refused(b, T, "23514", ""));
      } else {
        rows.add(answered(b, T, 5, T).withNote(random.nextBoolean() ? "a\0b" : "\ud800"));
        bad.add(new Refused(b, T, "22021", ""));
      }
    }
    Collections.shuffle(rows, random);
    PostgresUpsertWriter<Answer> writer = writer();
    write(writer, rows);
    writer.flush(false);
    assertThat(answers.rows().values()).containsExactlyElementsOf(good);
    assertThat(answers.refused())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("reason")
        .containsExactlyElementsOf(bad)
        .allSatisfy(row -> assertThat(row.reason()).isNotEmpty());
    assertThat(metrics.rowsRefused.getCount()).isEqualTo(bad.size());
    // A recovery writes them again.
    write(writer, rows);
    writer.flush(false);
    assertThat(answers.rows().values()).containsExactlyElementsOf(good);
    assertThat(answers.refused()).hasSameSizeAs(bad);
  }

  @Test
  void recordsASecondOpenRowInsteadOfFailing() throws Exception {
    PostgresUpsertWriter<Answer> writer = writer();
    write(writer, open(1, T), open(1, T + 1), open(2, T));
    writer.flush(false);
    assertThat(answers.rows().values()).containsExactly(open(1, T), open(2, T));
    assertThat(answers.refused())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.state()).isEqualTo("23505");
              assertThat(row.reason()).contains("duplicate key");
            });
  }

  /** The writer after a recovery does not know of it, and looks it up. */
  @Test
  void forgetsARefusedRowWhenItIsWritten() throws Exception {
    answers.execute("alter table support.\"Answers\" add constraint c check (b < 5)");
    PostgresUpsertWriter<Answer> before = writer();
    for (long b = 4; b < 9; b++) {
      write(before, open(b, T));
    }
    before.flush(false);
    assertThat(answers.refused()).extracting(Refused::b).containsExactly(5L, 6L, 7L, 8L);
    before.close();
    answers.execute(
        "alter table support.\"Answers\" drop constraint c",
        "update support.refused set state = 'settled' where b = 6");

    PostgresUpsertWriter<Answer> writer = writer();
    write(writer, answered(5, T, 1, T), open(6, T), answered(7, T, 1, T - 1));
    writer.flush(false);
    assertThat(answers.rows().keySet())
        .extracting(AnswersTable.AnswerKey::b)
        .containsExactly(4L, 5L, 6L);
    assertThat(answers.refused())
        .as("6 was settled, 7 is refused again, 8 did not come")
        .extracting(Refused::b)
        .containsExactly(6L, 7L, 8L);
    write(writer, open(7, T), open(8, T));
    writer.flush(false);
    assertThat(answers.refused()).extracting(Refused::b).containsExactly(6L);
  }

  /** What names a refused row, and what it holds, for a person. */
  @Test
  void describesARefusedRow() {
    RefusedRow<Answer> row =
        new RefusedRows<>(AnswersTable.TABLE, AnswersTable.REFUSED, Optional.empty())
            .of(answered(7, T + 1, 5, T).withNote("a \"b\"\n\ud800"), "23514", "");
    assertThat(row.table()).isEqualTo("Answers");
    assertThat(row.key()).isEqualTo("b=7 b_ts=2020-01-01T00:00:00.000001Z");
    assertThat(row.columns())
        .isEqualTo(
            "{\"b\": 7, \"b_ts\": \"2020-01-01T00:00:00.000001Z\", \"a\": 5,"
                + " \"a_ts\": \"2020-01-01T00:00:00Z\", \"note\": \"a \\\"b\\\"\\u000a\\ud800\"}");
  }

  @Test
  void failsOnARefusedRowThatCannotBeRecorded() throws Exception {
    answers.execute("alter table support.refused add check (state <> '23514')");
    PostgresUpsertWriter<Answer> writer = writer();
    write(writer, answered(1, T, 5, T - 1));
    assertThatThrownBy(() -> writer.flush(false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the record of it was refused too")
        .hasMessageContaining("23514");
    writer.close();

    Writing nowhere = new Writing();
    nowhere.refused = null;
    PostgresUpsertWriter<Answer> other = nowhere.writer();
    write(other, answered(1, T, 5, T - 1));
    assertThatThrownBy(() -> other.flush(false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no table for refused rows is configured")
        .hasMessageContaining("23514");
  }

  @Test
  void failsAtOnceOnWhatTryingAgainDoesNotChange() throws Exception {
    PostgresUpsertWriter<Answer> writer = writer();
    answers.execute("alter table support.\"Answers\" drop column note");
    write(writer, open(1, T));
    assertThatThrownBy(() -> writer.flush(false))
        .isInstanceOf(PermanentFailure.class)
        .hasNoCause()
        .hasMessageContaining("42703")
        .hasMessageContaining("\"note\"");

    answers.execute("drop table support.\"Answers\"");
    PostgresUpsertWriter<Answer> second = writer();
    write(second, open(1, T));
    assertThatThrownBy(() -> second.flush(false))
        .isInstanceOf(PermanentFailure.class)
        .hasMessageContaining("\"support\".\"Answers\"")
        .hasMessageContaining("42P01")
        .hasMessageContaining("Create the table");
    assertThat(metrics.retries.getCount()).isZero();
    // Having failed, it writes no more.
    assertThatThrownBy(() -> second.flush(false)).isInstanceOf(IllegalStateException.class);
    assertThatCode(second::close).doesNotThrowAnyException();
  }

  @Test
  void logsInWithThePasswordOfTheFile() throws Exception {
    String canary = "canary-" + answers.database();
    String user = "writer_" + answers.database();
    server.createUser(user, canary);
    answers.execute(
        "grant usage on schema support to " + user,
        "grant select, insert, update on all tables in schema support to " + user);
    Path file = directory.resolve("password");
    Writing writing = new Writing();
    writing.connections =
        PostgresConnections.to(server.url(answers.database()), user)
            .passwordFile(file.toString())
            .build();

    Files.writeString(file, "not-" + canary);
    writing.retryTimeout = Duration.ofMillis(300);
    PostgresUpsertWriter<Answer> wrong = writing.writer();
    write(wrong, open(1, T));
    assertThatThrownBy(() -> wrong.flush(false))
        .isInstanceOf(PermanentFailure.class)
        .hasMessageStartingWith("Gave up writing 1 rows")
        .hasMessageContaining("28P01")
        .hasMessageContaining("password file")
        .hasMessageContaining(user)
        .satisfies(e -> assertThat(trace(e)).doesNotContain(canary));

    Files.writeString(file, canary + "\n");
    PostgresUpsertWriter<Answer> right = writing.writer();
    write(right, open(1, T));
    right.flush(false);
    assertThat(answers.rows()).hasSize(1);

    answers.execute("revoke insert on support.\"Answers\" from " + user);
    write(right, open(2, T));
    assertThatThrownBy(() -> right.flush(false))
        .isInstanceOf(PermanentFailure.class)
        .hasMessageContaining("42501")
        .hasMessageContaining("Grant");
  }

  /** The server has the new password first, and the file a little later. */
  @Test
  void aPasswordThatIsBeingChangedIsWaitedFor() throws Exception {
    String user = "rotating_" + answers.database();
    server.createUser(user, "old");
    answers.execute(
        "grant usage on schema support to " + user,
        "grant select, insert, update on all tables in schema support to " + user);
    Path file = Files.writeString(directory.resolve("rotating"), "old");
    try (FaultProxy proxy = new FaultProxy(server.port())) {
      Writing writing = new Writing();
      writing.connections =
          PostgresConnections.to(EmbeddedPostgresServer.url(proxy.port(), answers.database()), user)
              .passwordFile(file.toString())
              .build();
      PostgresUpsertWriter<Answer> writer = writing.writer();
      write(writer, open(1, T));
      writer.flush(false);
      answers.execute("alter role " + user + " password 'new'");
      proxy.leadTo(server.port());
      write(writer, open(2, T));
      Future<Void> flush = inBackground(flushing(writer));
      Await.until("a refused login", SOON, () -> metrics.retries.getCount() >= 2);
      Files.writeString(file, "new");
      flush.get();
      assertThat(answers.rows()).hasSize(2);
    }
  }

  @Test
  void theServerGivesUpBeforeTheSocketDoes() throws Exception {
    try (Connection connection =
            impatient(server.url(answers.database())).getOrEstablishConnection();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "select current_setting('statement_timeout'), current_setting('lock_timeout'),"
                    + " current_setting('idle_in_transaction_session_timeout'),"
                    + " current_setting('application_name')")) {
      result.next();
      assertThat(result.getString(1)).isEqualTo("900ms");
      assertThat(result.getString(2)).isEqualTo("800ms");
      assertThat(result.getString(3)).isEqualTo("900ms");
      assertThat(result.getString(4)).isEqualTo("first-response");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01", "55P03", "57014", "25006", "53200", "57P01", "08006"})
  void triesAgainWhatMayPass(String state) throws Exception {
    // The sequence is not rolled back: the first two attempts fail, the third one passes.
    answers.execute(
        "create sequence support.attempts",
        "create function support.fail() returns trigger language plpgsql as $$ begin"
            + " if nextval('support.attempts') < 3 then raise exception 'not yet' using errcode = '"
            + state
            + "'; end if; return null; end $$",
        "create trigger fail after insert on support.\"Answers\" execute function support.fail()");
    PostgresUpsertWriter<Answer> writer = writer();
    write(writer, open(1, T), open(2, T));
    writer.flush(false);
    assertThat(answers.rows()).hasSize(2);
    assertThat(metrics.retries.getCount()).isEqualTo(2);
    assertThat(answers.refused()).isEmpty();
  }

  @Test
  void outlivesARestart() throws Exception {
    try (EmbeddedPostgresServer own = EmbeddedPostgresServer.launch()) {
      AnswersTable table = AnswersTable.createdOn(own);
      PostgresUpsertWriter<Answer> writer = writer(own.url(table.database()), SOON);
      write(writer, open(1, T));
      writer.flush(false);
      own.stop();
      write(writer, answered(1, T, 5, T + 1), open(2, T));
      Future<Void> flush = inBackground(flushing(writer));
      // More than one attempt: a failed reconnect is tried again too.
      Await.until("retries", SOON, () -> metrics.retries.getCount() >= 3);
      own.start();
      flush.get();
      assertThat(table.rows().values()).containsExactly(answered(1, T, 5, T + 1), open(2, T));
      assertThat(metrics.connectionLosses.getCount()).isEqualTo(1);
    }
  }

  @Test
  void outlivesASilentNetwork() throws Exception {
    try (FaultProxy proxy = new FaultProxy(server.port())) {
      PostgresUpsertWriter<Answer> writer =
          writer(EmbeddedPostgresServer.url(proxy.port(), answers.database()), SOON);
      write(writer, open(1, T));
      writer.flush(false);
      proxy.hang();
      write(writer, answered(1, T, 5, T + 1), open(2, T));
      Future<Void> flush = inBackground(flushing(writer));
      Await.until("a lost connection", SOON, () -> metrics.connectionLosses.getCount() == 1);
      proxy.pass();
      flush.get();
      assertThat(answers.rows().values()).containsExactly(answered(1, T, 5, T + 1), open(2, T));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 500, 4000, 60_000})
  void outlivesAConnectionCutInThePacket(int bytes) throws Exception {
    try (FaultProxy proxy = new FaultProxy(server.port())) {
      PostgresUpsertWriter<Answer> writer =
          writer(EmbeddedPostgresServer.url(proxy.port(), answers.database()), SOON);
      write(writer, open(0, T));
      writer.flush(false);
      List<Answer> rows = new ArrayList<>();
      for (int b = 0; b < 900; b++) {
        rows.add(answered(b, T, 5, T + b).withNote("x".repeat(40)));
      }
      proxy.cutAfter(bytes);
      write(writer, rows);
      writer.flush(false);
      assertThat(proxy.cuts()).isEqualTo(1);
      assertThat(answers.rows().values()).containsExactlyElementsOf(rows);
    }
  }

  /** At full size it would take twice as long as the connection waits for an answer. */
  @Test
  void sendsFewerRowsAtOnceOnASlowNetwork() throws Exception {
    try (FaultProxy proxy = new FaultProxy(server.port())) {
      Writing writing = new Writing();
      writing.connections =
          PostgresConnections.to(
                  EmbeddedPostgresServer.url(proxy.port(), answers.database()),
                  EmbeddedPostgresServer.USER)
              .socketTimeout(Duration.ofSeconds(2))
              .build();
      writing.maxRows = 8_000;
      writing.maxTime = Duration.ofMillis(500);
      PostgresUpsertWriter<Answer> writer = writing.writer();
      write(writer, open(0, T));
      writer.flush(false);
      proxy.slow(Duration.ofMillis(60));
      List<Answer> rows = new ArrayList<>();
      for (int b = 0; b < 8_000; b++) {
        rows.add(answered(b, T, 5, T + b).withNote("x".repeat(100)));
      }
      write(writer, rows);
      assertThat(metrics.retries.getCount()).isZero();
      assertThat(metrics.connectionLosses.getCount()).isZero();
      proxy.pass();
      writer.flush(false);
      assertThat(answers.rows().values()).containsExactlyElementsOf(rows);
    }
  }

  @Test
  void givesUpWithClearWords() throws Exception {
    try (FaultProxy proxy = new FaultProxy(server.port())) {
      PostgresUpsertWriter<Answer> writer =
          writer(
              EmbeddedPostgresServer.url(proxy.port(), answers.database()), Duration.ofMillis(500));
      write(writer, open(1, T));
      writer.flush(false);
      proxy.refuse();
      write(writer, open(2, T));
      assertThatThrownBy(() -> writer.flush(false))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Gave up writing 1 rows to \"support\".\"Answers\"")
          .hasMessageContaining("127.0.0.1:" + proxy.port() + "/" + answers.database())
          .hasMessageContaining("SQLSTATE 08")
          .hasMessageContaining("No row is lost");
      assertThat(metrics.retries.getCount()).isPositive();
      assertThatCode(writer::close).doesNotThrowAnyException();
      proxy.pass();
      assertThat(answers.rows()).hasSize(1);
    }
  }

  @Test
  void waitsCanBeInterrupted() throws Exception {
    try (FaultProxy proxy = new FaultProxy(server.port())) {
      PostgresUpsertWriter<Answer> writer =
          writer(EmbeddedPostgresServer.url(proxy.port(), answers.database()), SOON);
      proxy.refuse();
      write(writer, open(1, T));
      Future<Void> flush =
          inBackground(
              () -> {
                assertThatThrownBy(() -> writer.flush(false))
                    .isInstanceOf(InterruptedException.class);
                return null;
              });
      Await.until("retries", SOON, () -> metrics.retries.getCount() >= 2);
      threads.shutdownNow();
      flush.get();
    }
  }

  @Test
  void waitsForALockAndTriesAgain() throws Exception {
    try (Connection other = server.connect(answers.database());
        Statement statement = other.createStatement()) {
      PostgresUpsertWriter<Answer> writer = writer(server.url(answers.database()), SOON);
      write(writer, open(1, T));
      writer.flush(false);
      other.setAutoCommit(false);
      statement.execute("update support.\"Answers\" set note = 'locked'");
      write(writer, answered(1, T, 5, T + 1));
      Future<Void> flush = inBackground(flushing(writer));
      Await.until("a retry", SOON, () -> metrics.retries.getCount() == 1);
      other.rollback();
      flush.get();
      assertThat(answers.rows().values()).containsExactly(answered(1, T, 5, T + 1));
      // The connection was good all the time.
      assertThat(metrics.connectionLosses.getCount()).isZero();
    }
  }

  /** Statements that the server prepared for one client would be met by another. */
  @Test
  void aPoolerInTransactionModeChangesNothing() throws Exception {
    try (TransactionPooler pooler = new TransactionPooler(server.port())) {
      String url = EmbeddedPostgresServer.url(pooler.port(), answers.database());
      List<Future<Void>> both = new ArrayList<>();
      for (int w = 0; w < 2; w++) {
        PostgresUpsertWriter<Answer> writer = writer(url, SOON);
        int first = 100 * w;
        both.add(
            inBackground(
                () -> {
                  for (int i = 0; i < 30; i++) {
                    writer.write(open(first + i, T), null);
                    writer.flush(false);
                    writer.write(answered(first + i, T, 5, T + 1), null);
                    writer.flush(false);
                  }
                  return null;
                }));
      }
      for (Future<Void> one : both) {
        one.get();
      }
      assertThat(answers.rows()).hasSize(60);
      assertThat(answers.rows().values()).allMatch(answer -> answer.a() == 5);
      assertThat(answers.refused()).isEmpty();
      assertThat(pooler.transactions()).isGreaterThan(120);
    }
  }

  @Test
  void preparedStatementsThroughAPoolerEndTheJobWithWhatToDo() {
    try (TransactionPooler pooler = new TransactionPooler(server.port())) {
      String url =
          EmbeddedPostgresServer.url(pooler.port(), answers.database()) + "?prepareThreshold=1";
      PostgresUpsertWriter<Answer> writer = writer(url, SOON);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 30; i++) {
                  write(writer, open(i, T));
                  writer.flush(false);
                }
              })
          .isInstanceOf(PermanentFailure.class)
          .hasMessageContaining("take prepareThreshold out of the URL")
          .message()
          .doesNotContain("\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void reconnectsWhenTheServerIsReadOnly() throws Exception {
    PostgresUpsertWriter<Answer> writer = writer();
    String setting = "alter database " + answers.database() + " set default_transaction_read_only";
    server.execute("postgres", setting + " = on");
    write(writer, open(1, T));
    Future<Void> flush = inBackground(flushing(writer));
    Await.until("a lost connection", SOON, () -> metrics.connectionLosses.getCount() >= 1);
    server.execute("postgres", setting + " = off");
    flush.get();
    assertThat(answers.rows()).hasSize(1);
  }

  @Test
  void twoWritersOnTheSameRowsBothGetThrough() throws Exception {
    List<Future<Void>> both = new ArrayList<>();
    for (int w = 0; w < 2; w++) {
      Random random = new Random(w);
      Writing writing = new Writing();
      // Phases in opposite orders: the one thing that sorting by key cannot help against.
      int flipped = w;
      writing.table =
          PostgresTable.<Answer>named("Answers")
              .schema("support")
              .key(Column.bigint("b", Answer::b))
              .key(Column.timestamptz("b_ts", Answer::askedAt))
              .column(Column.bigint("a", Answer::a))
              .phase(row -> (int) ((row.b() + flipped) % 2))
              .onConflictUpdate()
              .build();
      PostgresUpsertWriter<Answer> writer = writing.writer();
      both.add(
          inBackground(
              () -> {
                for (int i = 0; i < 40; i++) {
                  for (int j = 0; j < 400; j++) {
                    writer.write(answered(random.nextInt(300), T, 5, 0), null);
                  }
                  writer.flush(false);
                }
                return null;
              }));
    }
    for (Future<Void> one : both) {
      one.get();
    }
    assertThat(answers.rows()).hasSize(300);
    assertThat(answers.refused()).isEmpty();
  }

  @Test
  void anOutageLongerThanTheRetriesLosesOnlyTheAttempt() throws Exception {
    try (FaultProxy proxy = new FaultProxy(server.port())) {
      String url = EmbeddedPostgresServer.url(proxy.port(), answers.database());
      proxy.hang();
      PostgresUpsertWriter<Answer> first = writer(url, Duration.ZERO);
      write(first, open(1, T));
      Future<Void> flush = inBackground(flushing(first));
      assertThatThrownBy(flush::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(IOException.class);
      first.close();
      proxy.pass();
      PostgresUpsertWriter<Answer> recovered = writer(url, Duration.ZERO);
      write(recovered, open(1, T));
      recovered.flush(false);
      assertThat(answers.rows()).hasSize(1);
    }
  }
}
