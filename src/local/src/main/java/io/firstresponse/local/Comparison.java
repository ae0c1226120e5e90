package io.firstresponse.local;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.decode.MessageOptions.AutomatedPolicy;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.ResultOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ReadableConfig;
import org.postgresql.PGConnection;

/**
 * Compares the rows of a replay with the live ones, in one transaction with one snapshot of both.
 * It writes the rows that differ to the table {@code replay_difference}.
 *
 * <p>Both sides are compared as of one time up to which both are complete: sessions that opened
 * before it, with answers and closes of before it. The live tables are complete up to {@code
 * data_complete_through}; a row that they lack before that time is a difference. Messages sent
 * before a time determine all rows up to that time, so the end of the period is exact. At its
 * beginning, a session may have opened before the first message that the replay has read. The
 * replay takes it for a new session; the live table shows which sessions those are.
 */
final class Comparison {

  /**
   * The result of a comparison.
   *
   * @param asOf the time as of which both sides were compared
   * @param claimsLess whether the live tables are complete for a part of the period only
   * @param comparable whether rows were compared; false with different response modes
   * @param onlyLive rows that only the live table has
   * @param onlyReplay rows that only the replay has
   * @param changed rows that both have, with another answer, close, agent asked, or other labels
   * @param unknown rows of the replay whose sessions opened before the first message that was read
   * @param late late messages as the cause of differences
   * @param unread live rows that opened before the first of the replay, in the time of the messages
   *     that it read
   * @param figures the figures of the sessions compared
   */
  record Result(
      Instant asOf,
      boolean claimsLess,
      boolean comparable,
      long onlyLive,
      long onlyReplay,
      long changed,
      long unknown,
      Late late,
      long unread,
      List<Figure> figures) {

    long different() {
      return onlyLive + onlyReplay + changed;
    }

    /** How many sessions were compared. */
    long compared() {
      return figures.get(0).live().longValue() + onlyReplay;
    }

    boolean same() {
      return comparable
          ? different() == 0
          : figures.stream().allMatch(figure -> figure.live().equals(figure.replay()));
    }
  }

  /**
   * Late messages as the cause of differences.
   *
   * @param inLive rows that differ and contain a message that was late for the live table
   * @param half seconds by which a larger bound would have included the late messages of half of
   *     these rows
   * @param most the same for nine tenths of the rows
   * @param all the same for all rows
   * @param inReplay rows that differ and contain a message that was late for the replay
   */
  record Late(long inLive, long half, long most, long all, long inReplay) {}

  /** One figure, live and in the replay; NaN where there is none. */
  record Figure(String name, String unit, Double live, Double replay) {}

  private final Connection connection;
  private final ReplayTables tables;
  private final ReplayPeriod period;
  private final ReadableConfig options;

  /**
   * @param connection in a transaction that has not read anything
   * @param options those of the job that was replayed
   */
  Comparison(
      Connection connection, ReplayTables tables, ReplayPeriod period, ReadableConfig options) {
    this.connection = connection;
    this.tables = tables;
    this.period = period;
    this.options = options;
  }

  /**
   * Runs the comparison.
   *
   * @throws BadOptionException when there is nothing to compare
   */
  Result run() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set transaction isolation level repeatable read");
    }
    tables.enter();
    ResponseMode live = tables.liveMode();
    ResponseMode replay = options.get(ResultOptions.RESPONSE_MODE);
    Sql sql = new Sql(live, replay, tables.targets());
    AsOf asOf = asOf(sql);
    sql.asOf = literal(asOf.time().toString());

    try (Statement statement = connection.createStatement()) {
      statement.execute(ReplayTables.resource("difference-table.sql"));
      if (live == replay) {
        statement.execute(sql.of("difference.sql"));
      }
      statement.execute("update replay_run set compared_as_of = " + sql.asOf);
    }
    List<Figure> figures = figures(sql);
    if (figures.get(0).live() + figures.get(0).replay() == 0) {
      throw new BadOptionException(
          "--from: no session opened between %s and %s, neither in the live table nor in the replay."
              .formatted(ReplayPeriod.iso(period.from()), ReplayPeriod.iso(period.to())));
    }
    try (Statement statement = connection.createStatement();
        ResultSet counts = statement.executeQuery(sql.of("counts.sql"))) {
      counts.next();
      return new Result(
          asOf.time(),
          asOf.claimsLess(),
          live == replay,
          counts.getLong(1),
          counts.getLong(2),
          counts.getLong(3),
          counts.getLong(4),
          late(sql),
          unread(sql),
          figures);
    }
  }

  /** The first rows that differ, after a row with the column names. */
  List<String[]> rows(int limit) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(ReplayTables.resource("rows.sql").strip() + " limit " + limit)) {
      return TextTable.of(rows);
    }
  }

  /** Writes all rows that differ, as CSV. */
  void write(Path file) throws SQLException, IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyOut(
              "copy (%s) to stdout with (format csv, header)"
                  .formatted(ReplayTables.resource("rows.sql").strip()),
              out);
    }
  }

  private record AsOf(Instant time, boolean claimsLess) {}

  private AsOf asOf(Sql sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql.of("as-of.sql"))) {
      Instant from = Instant.parse(ReplayPeriod.iso(period.from()));
      if (!row.next()) {
        throw new BadOptionException(
            "--from: it is not known how far the live tables are complete, so nothing can be compared with them: complete_through of data_complete_through is null. Wait for the job, or settle input that could not be read (tbl_dead_letter).");
      }
      Instant asOf = row.getObject(1, OffsetDateTime.class).toInstant();
      if (!asOf.isAfter(from)) {
        throw new BadOptionException(
            "--from: the live tables are complete up to %s, which is before the period."
                .formatted(asOf));
      }
      return new AsOf(asOf, row.getBoolean(2));
    }
  }

  private List<Figure> figures(Sql sql) throws SQLException {
    List<Figure> figures = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql.of("figures.sql"))) {
      while (rows.next()) {
        figures.add(
            new Figure(
                rows.getString("figure"),
                rows.getString("unit"),
                number(rows, "live"),
                number(rows, "replay")));
      }
    }
    return figures;
  }

  private static Double number(ResultSet rows, String column) throws SQLException {
    double value = rows.getDouble(column);
    return rows.wasNull() ? Double.NaN : value;
  }

  private Late late(Sql sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql.of("late.sql"))) {
      row.next();
      Array ranks = row.getArray(2);
      if (ranks == null) {
        return new Late(0, 0, 0, 0, row.getLong(3));
      }
      Double[] lateness = (Double[]) ranks.getArray();
      return new Late(
          row.getLong(1),
          lateness[0].longValue(),
          lateness[1].longValue(),
          lateness[2].longValue(),
          row.getLong(3));
    }
  }

  private long unread(Sql sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql.of("unread.sql"))) {
      row.next();
      return row.getLong(1);
    }
  }

  private static String literal(String time) {
    return "timestamptz '%s'".formatted(time);
  }

  /** The statements with the tables and times of this comparison. */
  private final class Sql {

    private final ResponseMode live;
    private final ResponseMode replay;
    private final String targets;
    private String asOf = "null";

    private Sql(ResponseMode live, ResponseMode replay, String targets) {
      this.live = live;
      this.replay = replay;
      this.targets = targets;
    }

    private String of(String file) {
      return ReplayTables.resource(file)
          .replace(":live_late", tables.liveLate(live))
          .replace(":replay_late", tables.replayLate(replay))
          .replace(":claim", tables.liveClaim())
          .replace(":live", tables.liveSessions(live))
          .replace(":replay", tables.replaySessions(replay))
          .replace(":targets", targets)
          .replace(":takes_part", takesPart())
          .replace(":as_of", asOf)
          .replace(":read_from", literal(ReplayPeriod.iso(period.readFrom())))
          .replace(":read_to", literal(ReplayPeriod.iso(period.readTo())))
          .replace(":from", literal(ReplayPeriod.iso(period.from())))
          .replace(":to", literal(ReplayPeriod.iso(period.to())));
    }

    /**
     * A message that the replayed job would have ignored is not the cause of a difference. No close
     * is ignored.
     */
    private String takesPart() {
      if (options.get(MessageOptions.AUTOMATED) == AutomatedPolicy.COUNT) {
        return "true";
      }
      return MessageOptions.botAgents(options).stream()
          .map(String::valueOf)
          .collect(
              Collectors.joining(
                  ",",
                  "(l.closes or not l.automated and not (l.direct and l.a = any ('{",
                  "}'::bigint[])))"));
    }
  }
}
