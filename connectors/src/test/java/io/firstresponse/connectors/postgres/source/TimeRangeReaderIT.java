package io.firstresponse.connectors.postgres.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.PermanentFailure;
import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.connectors.postgres.FaultProxy;
import io.firstresponse.connectors.postgres.TransactionPooler;
import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.connection.RetryPolicy;
import io.firstresponse.connectors.postgres.connection.TimestampRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import javax.annotation.Nullable;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;

/** What is read of a table that others write at the same time. */
@Timeout(60)
class TimeRangeReaderIT {

  private static final long SECOND = 1_000_000;
  private static final long START = micros("2018-08-15T10:00:00Z");
  private static final long OVERLAP = 60 * SECOND;

  private final EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();
  private final String database = server.createDatabase();
  private final List<Connection> open = new ArrayList<>();
  private final List<TimeRangeReader<Long>> readers = new ArrayList<>();
  private TimedTable table = new TimedTable("public", "event", "at", true, List.of("id"));

  @BeforeEach
  void createTable() {
    execute("create table event (id bigint, at timestamptz)", "create index on event (at)");
  }

  @AfterEach
  void closeAll() throws Exception {
    for (Connection connection : open) {
      connection.close();
    }
    readers.forEach(TimeRangeReader::close);
  }

  /**
   * Transactions that stay open while later ones are committed, some rows of them in
   * subtransactions, and readers that are lost. No row is further behind the latest one delivered
   * than the overlap, be it new or delivered again.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void nothingIsLostWhateverTheOrderOfCommits(long seed) throws Exception {
    Random random = new Random(seed);
    List<Connection> idle = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      idle.add(connect());
    }
    List<Writing> writing = new ArrayList<>();
    Set<Long> committed = new HashSet<>();
    Set<Long> delivered = new HashSet<>();
    long latest = START - OVERLAP;
    long position = TimeRangeSplit.BEGINNING;
    TimeRangeReader<Long> reader = endless(position);
    long id = 0;
    long now = START;
    for (int step = 0; step < 600; step++) {
      now += random.nextLong(2 * SECOND);
      if (!idle.isEmpty() && random.nextInt(3) > 0) {
        Connection connection = idle.remove(random.nextInt(idle.size()));
        Writing begun = new Writing(connection, now, new ArrayList<>());
        for (int row = random.nextInt(4); row >= 0; row--) {
          // Half of the overlap is for how old a row is, the other half for the transaction.
          long at = now - random.nextLong(OVERLAP / 2);
          boolean sub = random.nextBoolean();
          Savepoint savepoint = sub ? connection.setSavepoint() : null;
          insert(connection, ++id, at);
          if (sub && random.nextInt(4) == 0) {
            connection.rollback(savepoint);
          } else {
            begun.ids().add(id);
            if (sub) {
              connection.releaseSavepoint(savepoint);
            }
          }
        }
        writing.add(begun);
      }
      long tooOld = now - OVERLAP / 2 + 2 * SECOND;
      for (Writing each : List.copyOf(writing)) {
        if (each.since() < tooOld || random.nextInt(6) == 0) {
          each.connection().commit();
          committed.addAll(each.ids());
          writing.remove(each);
          idle.add(each.connection());
        }
      }
      if (random.nextInt(60) == 0) {
        reader.close();
        reader = endless(position);
      }
      if (random.nextInt(3) == 0) {
        for (TimedRow<Long> row : look(reader)) {
          delivered.add(row.value());
          assertThat(row.time()).as("seed %d", seed).isGreaterThanOrEqualTo(latest - OVERLAP);
          latest = Math.max(latest, row.time());
          position = row.position();
        }
        assertThat(delivered).as("seed %d, step %d", seed, step).isEqualTo(committed);
      }
    }
    assertThat(committed).hasSizeGreaterThan(500);
  }

  private record Writing(Connection connection, long since, List<Long> ids) {}

  @Test
  void aRowIsDeliveredOnce() throws Exception {
    TimeRangeReader<Long> reader = endless(TimeRangeSplit.BEGINNING);
    insert(1, START);
    assertThat(ids(look(reader))).containsExactly(1L);
    assertThat(look(reader)).isEmpty();
    insert(2, START - OVERLAP);
    insert(3, START);
    assertThat(ids(look(reader))).containsExactly(2L, 3L);
    assertThat(look(reader)).isEmpty();
  }

  @Test
  void whatIsCommittedLaterThanTheOverlapIsNotSeen() throws Exception {
    TimeRangeReader<Long> reader = endless(TimeRangeSplit.BEGINNING);
    insert(1, START);
    look(reader);
    insert(2, START - OVERLAP - 1);
    assertThat(look(reader)).isEmpty();
  }

  @Test
  void aRowAheadOfTheClockWaitsForIt() throws Exception {
    TimeRangeReader<Long> reader = endless(TimeRangeSplit.BEGINNING);
    long ahead = now() + SECOND;
    insert(1, ahead);
    insert(2, ahead - 10 * SECOND);
    insert(-3, micros("9018-08-15T10:00:00Z"));
    List<TimedRow<Long>> first = look(reader);
    assertThat(ids(first)).containsExactly(2L, -3L);
    assertThat(first.get(1).position()).isLessThanOrEqualTo(now() - OVERLAP);
    insert(4, ahead - SECOND);
    List<TimedRow<Long>> later = new ArrayList<>();
    Await.until(
        "the clock",
        Duration.ofSeconds(20),
        () -> {
          later.addAll(look(reader));
          return later.size() == 2;
        });
    assertThat(ids(later)).containsExactly(4L, 1L);
    assertThat(now()).isGreaterThanOrEqualTo(ahead);
    assertThat(later.get(1).position()).isGreaterThanOrEqualTo(ahead - OVERLAP);
    assertThat(look(reader)).isEmpty();
  }

  @Test
  void timesThatAreNone() throws Exception {
    execute(
        "insert into event values (-1, null), (-2, '-infinity'), (-3, 'infinity'),"
            + " (-4, '4713-01-01 BC'), (-5, '294276-12-31T23:59:59.999999Z'),"
            + " (6, '0001-01-01T00:00:00Z'), (7, '2018-08-15T10:00:00.123456Z')");
    TimeRangeReader<Long> reader = endless(TimeRangeSplit.BEGINNING);
    List<TimedRow<Long>> rows = look(reader);
    assertThat(ids(rows)).containsExactly(-1L, -2L, -4L, 6L, 7L, -5L, -3L);
    assertThat(rows.get(0).time()).isNull();
    assertThat(rows.get(1).time()).isEqualTo(Long.MIN_VALUE);
    assertThat(rows.get(3).time()).isEqualTo(TimestampRange.EARLIEST_MICROS);
    assertThat(rows.get(4).time()).isEqualTo(micros("2018-08-15T10:00:00.123456Z"));
    assertThat(rows.get(5).time()).isEqualTo(Long.MAX_VALUE);
    assertThat(look(reader)).isEmpty();
    execute("insert into event values (-8, null)");
    assertThat(ids(look(reader))).containsExactly(-8L);
  }

  /** Partitions, a view, and a time without a zone, which is UTC whatever the session's is. */
  @ParameterizedTest
  @CsvSource({
    "'create table t (id bigint, at timestamp)', true",
    "'create table t (id bigint, at timestamptz) partition by range (at);"
        + " create table t1 partition of t for values from (minvalue) to (''2018-08-15T10:00:00Z'');"
        + " create table t2 partition of t for values from (''2018-08-15T10:00:00Z'') to (maxvalue)',"
        + " true",
    "'create view t as select id, at, xmin from event', true",
    "'create view t as select id, at from event', false",
  })
  void otherTables(String create, boolean endless) throws Exception {
    execute(create);
    boolean zoned = !create.contains("timestamp)");
    table = new TimedTable("public", "t", "at", zoned, List.of("id"));
    String values = "insert into t values (%d, cast('%s' as timestamptz) at time zone 'UTC')";
    if (zoned) {
      values = "insert into t values (%d, '%s')";
    }
    for (int id = 0; id < 4; id++) {
      execute(values.formatted(id, Instant.parse("2018-08-15T09:59:58Z").plusSeconds(id)));
    }
    TimeRangeReader<Long> bounded =
        reader(new TimeRangeSplit(0, START - SECOND, START + SECOND, false));
    assertThat(ids(look(bounded))).containsExactly(1L, 2L);
    if (endless) {
      TimeRangeReader<Long> reader = endless(START - SECOND);
      assertThat(ids(look(reader))).containsExactly(1L, 2L, 3L);
      execute(values.formatted(4, "2018-08-15T09:59:59.5Z"));
      List<TimedRow<Long>> rows = look(reader);
      assertThat(ids(rows)).containsExactly(4L);
      assertThat(rows.get(0).time()).isEqualTo(START - SECOND / 2);
    }
  }

  /** More than a batch, so that the position is in the middle of the split. */
  @Test
  void aBoundedSplitIsReadInOrderAndGoesOnAtItsPosition() throws Exception {
    execute(
        "insert into event select i, timestamptz '2018-08-15T10:00:00Z' + (i * 7919 % 12000) *"
            + " interval '1 ms' from generate_series(0, 12999) i");
    TimeRangeSplit split = new TimeRangeSplit(3, START + SECOND, START + 11 * SECOND, true);
    TimeRangeReader<Long> reader = reader(split);
    List<TimedRow<Long>> first = look(reader);
    assertThat(first).hasSizeLessThan(10_000).hasSizeGreaterThan(1_000);
    long position = first.get(first.size() - 1).position();
    assertThat(position).isEqualTo(first.get(first.size() - 1).time());
    List<TimedRow<Long>> all = new ArrayList<>(first);
    for (int i = 0; i < 3; i++) {
      all.addAll(look(reader));
    }
    Set<Long> inRange = new HashSet<>();
    for (long id = 0; id < 13_000; id++) {
      long at = id * 7919 % 12_000;
      if (at >= 1_000 && at < 11_000) {
        inRange.add(id);
      }
    }
    assertThat(ids(all)).hasSameSizeAs(inRange).hasSameElementsAs(inRange);
    assertThat(all).isSortedAccordingTo((one, other) -> Long.compare(one.time(), other.time()));

    Set<Long> again = new HashSet<>(ids(first));
    TimeRangeReader<Long> second = reader(split.at(position));
    for (int i = 0; i < 3; i++) {
      List<TimedRow<Long>> rows = look(second);
      assertThat(rows).allMatch(row -> row.time() >= position);
      again.addAll(ids(rows));
    }
    assertThat(again).isEqualTo(inRange);
  }

  @Test
  void aLostConnectionLosesNothing() throws Exception {
    try (FaultProxy proxy = new FaultProxy(server.port())) {
      TimeRangeReader<Long> reader =
          reader(
              new TimeRangeSplit(0, TimeRangeSplit.BEGINNING, TimeRangeSplit.NO_END, true),
              EmbeddedPostgresServer.url(proxy.port(), database),
              Duration.ofSeconds(30));
      insert(1, START);
      assertThat(ids(look(reader))).containsExactly(1L);
      proxy.refuse();
      insert(2, START - OVERLAP);
      assertThat(look(reader)).isEmpty();
      assertThat(look(reader)).isEmpty();
      proxy.pass();
      Set<Long> found = new HashSet<>();
      Await.until(
          "the rows again",
          Duration.ofSeconds(20),
          () -> {
            found.addAll(ids(look(reader)));
            return found.equals(Set.of(1L, 2L));
          });
      assertThat(look(reader)).isEmpty();
    }
  }

  /** As when Flink takes no rows for a while: the server ends the transaction of the cursor. */
  @Test
  void aCursorThatTheServerHasClosedIsOpenedAgain() throws Exception {
    execute(
        "insert into event select i, timestamptz '2018-08-15T10:00:00Z' + i * interval '1 ms'"
            + " from generate_series(1, 12000) i");
    TimeRangeReader<Long> reader =
        reader(
            new TimeRangeSplit(0, START, START + 100 * SECOND, false),
            PostgresConnections.to(server.url(database), EmbeddedPostgresServer.USER)
                .applicationName("held back")
                .socketTimeout(Duration.ofSeconds(1)),
            Duration.ofSeconds(10));
    Set<Long> found = new HashSet<>(ids(look(reader)));
    assertThat(found).hasSizeLessThan(12_000);
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement()) {
      Await.until(
          "the server to close the connection",
          Duration.ofSeconds(20),
          () -> {
            try (ResultSet row =
                statement.executeQuery(
                    "select count(*) from pg_stat_activity where application_name = 'held back'")) {
              row.next();
              return row.getInt(1) == 0;
            }
          });
    }
    Await.until(
        "the other rows",
        Duration.ofSeconds(20),
        () -> {
          found.addAll(ids(look(reader)));
          return found.size() == 12_000;
        });
  }

  @Test
  void aReaderThatWaitsForAServerCanBeClosed() throws Exception {
    try (FaultProxy proxy = new FaultProxy(server.port())) {
      TimeRangeReader<Long> reader =
          reader(
              new TimeRangeSplit(0, TimeRangeSplit.BEGINNING, TimeRangeSplit.NO_END, true),
              EmbeddedPostgresServer.url(proxy.port(), database),
              Duration.ofSeconds(60));
      look(reader);
      proxy.hang();
      CompletableFuture<List<TimedRow<Long>>> looking =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return look(reader);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertThat(looking).isNotDone();
      reader.abort();
      assertThat(looking.get(10, TimeUnit.SECONDS)).isEmpty();
    }
  }

  @Test
  void givesUpInBoundedTime() throws Exception {
    try (FaultProxy proxy = new FaultProxy(server.port())) {
      TimeRangeReader<Long> reader =
          reader(
              new TimeRangeSplit(0, TimeRangeSplit.BEGINNING, TimeRangeSplit.NO_END, true),
              EmbeddedPostgresServer.url(proxy.port(), database),
              Duration.ofMillis(500));
      look(reader);
      proxy.refuse();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  look(reader);
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Gave up reading \"public\".\"event\"")
          .hasMessageContaining("SQLSTATE 08");
    }
  }

  @Test
  void whatWouldFailAgainIsNotTriedAgain() throws Exception {
    TimeRangeReader<Long> reader = endless(TimeRangeSplit.BEGINNING);
    execute("drop table event");
    assertThatThrownBy(() -> look(reader))
        .isInstanceOf(PermanentFailure.class)
        .hasMessageContaining("SQLSTATE 42P01")
        .hasMessageContaining("Create the table");
  }

  /** What would hold for a session is another's in the next pass. */
  @Test
  void aPoolerInTransactionModeChangesNothing() throws Exception {
    try (TransactionPooler pooler = new TransactionPooler(server.port())) {
      TimeRangeReader<Long> reader =
          reader(
              new TimeRangeSplit(0, TimeRangeSplit.BEGINNING, TimeRangeSplit.NO_END, true),
              EmbeddedPostgresServer.url(pooler.port(), database),
              Duration.ofSeconds(10));
      List<Long> read = new ArrayList<>();
      for (long id = 1; id <= 30; id++) {
        insert(id, START + id);
        read.addAll(ids(look(reader)));
      }
      assertThat(read).isEqualTo(LongStream.rangeClosed(1, 30).boxed().toList());
      assertThat(isolation(pooler)).containsOnly("read committed");
    }
  }

  /** How the sessions of the pooler are left behind. */
  private Set<String> isolation(TransactionPooler pooler) throws SQLException {
    Set<String> levels = new HashSet<>();
    Properties user = new Properties();
    user.setProperty("user", EmbeddedPostgresServer.USER);
    try (Connection connection =
            new Driver().connect(EmbeddedPostgresServer.url(pooler.port(), database), user);
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < 3; i++) {
        try (ResultSet row = statement.executeQuery("show default_transaction_isolation")) {
          row.next();
          levels.add(row.getString(1));
        }
      }
    }
    return levels;
  }

  private TimeRangeReader<Long> endless(long from) {
    return reader(
        new TimeRangeSplit(0, from, TimeRangeSplit.NO_END, from == TimeRangeSplit.BEGINNING));
  }

  private TimeRangeReader<Long> reader(TimeRangeSplit split) {
    return reader(split, server.url(database), Duration.ofSeconds(10));
  }

  private TimeRangeReader<Long> reader(TimeRangeSplit split, String url, Duration retryTimeout) {
    return reader(split, PostgresConnections.to(url, EmbeddedPostgresServer.USER), retryTimeout);
  }

  private TimeRangeReader<Long> reader(
      TimeRangeSplit split, PostgresConnections.Builder connections, Duration retryTimeout) {
    TimeRangeReader<Long> reader =
        new TimeRangeReader<>(
            connections.build(),
            table,
            new IdMapper(),
            OVERLAP,
            Duration.ZERO,
            RetryPolicy.within(retryTimeout));
    reader.handleSplitsChanges(new SplitsAddition<>(List.of(split)));
    readers.add(reader);
    return reader;
  }

  /** A row's id; the negative ones have no event time. */
  private static final class IdMapper implements RowMapper<Long> {

    private static final long serialVersionUID = 1L;

    @Override
    public Long map(ResultSet row, @Nullable Long time) throws SQLException {
      return row.getLong(2);
    }

    @Override
    public boolean isTimed(Long id) {
      return id > 0;
    }
  }

  private static List<TimedRow<Long>> look(TimeRangeReader<Long> reader) throws IOException {
    RecordsWithSplitIds<TimedRow<Long>> batch = reader.fetch();
    List<TimedRow<Long>> rows = new ArrayList<>();
    while (batch.nextSplit() != null) {
      for (TimedRow<Long> row = batch.nextRecordFromSplit();
          row != null;
          row = batch.nextRecordFromSplit()) {
        rows.add(row);
      }
    }
    return rows;
  }

  private static List<Long> ids(List<TimedRow<Long>> rows) {
    return rows.stream().map(TimedRow::value).toList();
  }

  private Connection connect() throws Exception {
    Connection connection = server.connect(database);
    connection.setAutoCommit(false);
    open.add(connection);
    return connection;
  }

  private void insert(long id, long at) throws Exception {
    try (Connection connection = server.connect(database)) {
      insert(connection, id, at);
    }
  }

  private static void insert(Connection connection, long id, long at) throws Exception {
    try (PreparedStatement statement =
        connection.prepareStatement("insert into event values (?, ?)")) {
      statement.setLong(1, id);
      statement.setObject(2, Instant.EPOCH.plus(at, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
      statement.execute();
    }
  }

  private long now() throws Exception {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select now()")) {
      row.next();
      return TimedTable.micros(row.getObject(1, OffsetDateTime.class));
    }
  }

  private void execute(String... statements) {
    server.execute(database, statements);
  }

  private static long micros(String instant) {
    return TimedTable.micros(OffsetDateTime.parse(instant));
  }
}
