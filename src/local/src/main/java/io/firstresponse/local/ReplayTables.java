package io.firstresponse.local;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.SinkOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The live tables, which a replay only reads, and the schema of its own tables. All statements run
 * in the caller's transaction.
 */
final class ReplayTables {

  private final Connection connection;
  private final String live;
  private final String replay;

  /**
   * @param live the schema of the live tables
   * @param replay the schema of the replay's tables
   * @throws BadOptionException when both are the same
   */
  ReplayTables(Connection connection, String live, String replay) {
    if (live.equals(replay)) {
      throw new BadOptionException(
          "--schema: %s is the schema of the live tables; the replay needs one of its own."
              .formatted(replay));
    }
    this.connection = connection;
    this.live = live;
    this.replay = replay;
  }

  /**
   * The response mode of the live tables.
   *
   * @throws BadOptionException when they are missing, or may not be read
   */
  ResponseMode liveMode() throws SQLException {
    for (String table :
        List.of(
            "first_response_schema",
            "tbl_result",
            "tbl_labels",
            "tbl_late",
            "data_complete_through")) {
      if (!exists(live, table)) {
        throw new BadOptionException(
            "%s: schema %s has no %s that the user may see; it must be that of the live tables."
                .formatted(SinkOptions.SCHEMA.key(), live, table));
      }
      if (!yes("select has_table_privilege(?, 'select')", quoted(live) + "." + table)) {
        throw new BadOptionException(
            "%s: %s may not read %s.%s; grant it first_response_reader, see conf/sql/optional/roles.sql."
                .formatted(SinkOptions.USER.key(), user(), live, table));
      }
    }
    for (ResponseMode mode : ResponseMode.values()) {
      if (yes(
          "select exists (select from %s.first_response_schema where component = ?)"
              .formatted(quoted(live)),
          "tbl_result " + mode)) {
        return mode;
      }
    }
    throw new BadOptionException(
        "%s: tbl_result of schema %s has no response mode."
            .formatted(SinkOptions.SCHEMA.key(), live));
  }

  /**
   * Creates the schema of the replay, with {@code replay_run} as its only table.
   *
   * @param again whether to replace an earlier replay
   * @throws BadOptionException when it contains anything else, or may not be created
   */
  void prepare(ReplayPeriod period, boolean again) throws SQLException {
    if (!yes("select exists (select from pg_namespace where nspname = ?)", replay)) {
      if (!yes("select has_database_privilege(current_database(), ?)", "create")) {
        throw new BadOptionException(
            "--schema: there is no schema %s, and %s may not create it: grant create on the database, or: create schema %s authorization %s."
                .formatted(replay, user(), quoted(replay), user()));
      }
      execute("create schema " + quoted(replay));
    } else if (!yes("select has_schema_privilege(?, 'create, usage')", replay)) {
      throw new BadOptionException(
          "--schema: %s may not create tables in schema %s.".formatted(user(), replay));
    } else if (exists(replay, "replay_run")) {
      if (!again) {
        throw new BadOptionException(
            "--schema: schema %s has a replay already; give --again to replace it, or another schema."
                .formatted(replay));
      }
      enter();
      execute(resource("clear.sql"));
    } else if (!isEmpty()) {
      throw new BadOptionException(
          "--schema: schema %s is not empty, and was not created by a replay; choose another one."
              .formatted(replay));
    }
    enter();
    execute(resource("run.sql"));
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into replay_run (live_schema, from_ts, to_ts, read_from, read_to)"
                + " values (?, ?::timestamptz, ?::timestamptz, ?::timestamptz, ?::timestamptz)")) {
      statement.setString(1, live);
      statement.setString(2, ReplayPeriod.iso(period.from()));
      statement.setString(3, ReplayPeriod.iso(period.to()));
      statement.setString(4, ReplayPeriod.iso(period.readFrom()));
      statement.setString(5, ReplayPeriod.iso(period.readTo()));
      statement.executeUpdate();
    }
  }

  /** Puts the schema of the replay first in the search path, until the transaction ends. */
  void enter() throws SQLException {
    execute("set local search_path to " + quoted(replay), "set local time zone 'UTC'");
  }

  /** The sessions of the live table, with the same column names in both modes. */
  String liveSessions(ResponseMode mode) {
    return sessions(live, mode);
  }

  /** The view that says how far the live tables are complete. */
  String liveClaim() {
    return quoted(live) + ".data_complete_through";
  }

  /** The sessions of the replay. */
  String replaySessions(ResponseMode mode) {
    return sessions(replay, mode);
  }

  /** The late messages of the live table, with the key of their sessions. */
  String liveLate(ResponseMode mode) {
    return late(live, mode);
  }

  /** The late messages of the replay. */
  String replayLate(ResponseMode mode) {
    return late(replay, mode);
  }

  /** The targets of the live figures for all sessions; 3 minutes if there are no figures. */
  String targets() throws SQLException {
    String table = quoted(live) + ".response_target";
    return exists(live, "response_target") && yes("select has_table_privilege(?, 'select')", table)
        // Tables of an earlier release have no rules.
        ? "(select name, within from "
            + table
            + " r cross join to_jsonb(r) j where coalesce(j -> 'applies_to', '{}') = '{}'"
            + " and j ->> 'calendar' is null and coalesce(j ->> 'valid_from', '-infinity') = '-infinity'"
            + " and coalesce(j ->> 'valid_until', 'infinity') = 'infinity') t"
        : "(select '3 minutes' as name, interval '3 minutes' as within) t";
  }

  private static String sessions(String schema, ResponseMode mode) {
    String columns =
        switch (mode) {
          case ANY_AGENT -> "-1::bigint as only_a, asked_a, a as responder";
          case ADDRESSED_AGENT -> "a as only_a, a as asked_a, rsp_a as responder";
        };
    return "(select b, b_ts, %1$s, a_ts, closed_ts, labels, label from %2$s.tbl_result left join %2$s.tbl_labels using (labels))"
        .formatted(columns, quoted(schema));
  }

  private static String late(String schema, ResponseMode mode) {
    String only = mode == ResponseMode.ANY_AGENT ? "-1::bigint" : "a";
    return "(select *, %s as only_a from %s.tbl_late)".formatted(only, quoted(schema));
  }

  private boolean isEmpty() throws SQLException {
    return yes(
        "select not exists (select from pg_class c where c.relnamespace = n.oid)"
            + " and not exists (select from pg_proc p where p.pronamespace = n.oid)"
            + " and not exists (select from pg_type t where t.typnamespace = n.oid)"
            + " from pg_namespace n where nspname = ?",
        replay);
  }

  private boolean exists(String schema, String table) throws SQLException {
    return yes(
        "select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            + " where n.nspname = ? and c.relname = ?"
            + " and has_schema_privilege(n.oid, 'usage'))",
        schema,
        table);
  }

  private String user() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select current_user")) {
      row.next();
      return row.getString(1);
    }
  }

  private boolean yes(String query, String... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  private void execute(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** An SQL resource of the replay. */
  static String resource(String name) {
    try (InputStream in = ReplayTables.class.getResourceAsStream("/replay/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
