package io.firstresponse.job.source.postgres;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.source.TimedTable;
import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.decode.MessageOptions.Ids;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.DatabaseOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of messages, as it was found when the job was submitted.
 *
 * @param timed its name and columns: the time, then {@code a}, {@code b}, {@code direct}, if they
 *     exist {@code automated} and {@code closes}, and the display names and labels that the options
 *     name
 * @param hasAutomated whether the column {@code automated} exists
 * @param hasCloses whether the column {@code closes} exists
 */
record MessageTable(TimedTable timed, boolean hasAutomated, boolean hasCloses) {

  private static final Logger LOG = LoggerFactory.getLogger(MessageTable.class);

  private static final Set<String> INTEGERS = Set.of("bigint", "integer", "smallint");
  private static final Set<String> TEXTS = Set.of("text", "character varying");

  /** Types whose values have one text each, which is the id. */
  private static final Set<String> TEXT_IDS =
      Set.of("bigint", "integer", "smallint", "text", "character varying", "uuid");

  private static final Set<String> TIMES =
      Set.of("timestamp with time zone", "timestamp without time zone");
  private static final Set<String> BOOLEANS = Set.of("boolean");
  private static final Set<String> JSON = Set.of("json", "jsonb");

  /** The first and the last time of a range, in microseconds since 1970. */
  record Extent(long first, long last) {}

  /**
   * Checks that the table exists, can be read, and has the columns that the options name.
   *
   * @param endless whether the table is read without end
   * @throws BadOptionException if not; the message is one line and names the option
   */
  static MessageTable lookUp(
      PostgresConnections connections, ReadableConfig options, boolean endless) {
    try (connections) {
      Connection connection;
      try {
        connection = connections.getOrEstablishConnection();
      } catch (SQLException e) {
        throw new DatabaseOptions(
                PostgresOptions.URL.key(),
                PostgresOptions.USER.key(),
                PostgresOptions.PASSWORD_FILE.key())
            .unreachable(connections, e);
      }
      try {
        return new LookUp(connection, connections, options).run(endless);
      } catch (SQLException e) {
        throw refused(PostgresOptions.TABLE, connections + ": " + line(e));
      }
    }
  }

  /** The times of the first and last rows in a range; the end of the range if it has no rows. */
  Extent extent(PostgresConnections connections, OptionalLong from, long to) {
    try (connections;
        PreparedStatement statement =
            connections
                .getOrEstablishConnection()
                .prepareStatement(timed.extentQuery(from.isPresent(), true))) {
      int parameter = 0;
      if (from.isPresent()) {
        statement.setString(++parameter, iso(from.getAsLong()));
      }
      statement.setString(++parameter, iso(to));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        OffsetDateTime first = row.getObject(1, OffsetDateTime.class);
        if (first == null) {
          return new Extent(to - 1, to - 1);
        }
        return new Extent(
            TimedTable.micros(first), TimedTable.micros(row.getObject(2, OffsetDateTime.class)));
      }
    } catch (SQLException e) {
      throw refused(
          PostgresOptions.TABLE,
          "the first and the last time in %s of %s: %s"
              .formatted(timed.quotedName(), connections, line(e)));
    }
  }

  private record LookUp(
      Connection connection, PostgresConnections connections, ReadableConfig options) {

    MessageTable run(boolean endless) throws SQLException {
      String schema = options.get(PostgresOptions.SCHEMA);
      String name = options.get(PostgresOptions.TABLE);
      long relation = relation(schema, name);
      Map<String, String> columns = columns(relation);
      Set<String> ids = options.get(MessageOptions.IDS) == Ids.TEXT ? TEXT_IDS : INTEGERS;
      require(columns, MessageOptions.FIELD_A, ids);
      require(columns, MessageOptions.FIELD_B, ids);
      require(columns, MessageOptions.FIELD_TS, TIMES);
      require(columns, MessageOptions.FIELD_DIRECT, BOOLEANS);
      refuseLocalTimes(columns.get(options.get(MessageOptions.FIELD_TS)));
      if (endless && !"xid".equals(columns.get("xmin"))) {
        throw refused(
            PostgresOptions.TABLE,
            "%s.%s does not show which transaction wrote a row, so it can only be read up to a time (--%s); a view can pass its table's column xmin on"
                .formatted(schema, name, PostgresOptions.TO.key()));
      }
      String ts = options.get(MessageOptions.FIELD_TS);
      List<String> read =
          new ArrayList<>(
              List.of(
                  options.get(MessageOptions.FIELD_A),
                  options.get(MessageOptions.FIELD_B),
                  options.get(MessageOptions.FIELD_DIRECT)));
      boolean hasAutomated = readFlag(columns, MessageOptions.FIELD_AUTOMATED, read);
      boolean hasCloses = readFlag(columns, MessageOptions.FIELD_CLOSES, read);
      for (ConfigOption<String> option :
          List.of(MessageOptions.FIELD_AGENT, MessageOptions.FIELD_CUSTOMER)) {
        if (options.getOptional(option).isPresent()) {
          require(columns, option, TEXTS);
          read.add(options.get(option));
        }
      }
      if (options.getOptional(MessageOptions.FIELD_LABELS).isPresent()) {
        require(columns, MessageOptions.FIELD_LABELS, JSON);
        read.add(options.get(MessageOptions.FIELD_LABELS));
      }
      TimedTable table =
          new TimedTable(
              schema, name, ts, columns.get(ts).equals("timestamp with time zone"), read);
      tryToRead(table);
      warnWithoutIndex(relation, table);
      return new MessageTable(table, hasAutomated, hasCloses);
    }

    private long relation(String schema, String name) throws SQLException {
      try (PreparedStatement statement =
          connection.prepareStatement(
              """
              select n.oid, c.oid from pg_namespace n
              left join pg_class c
                on c.relnamespace = n.oid and c.relname = ? and c.relkind in ('r', 'p', 'v', 'm', 'f')
              where n.nspname = ?
              """)) {
        statement.setString(1, name);
        statement.setString(2, schema);
        try (ResultSet row = statement.executeQuery()) {
          if (!row.next()) {
            throw refused(
                PostgresOptions.SCHEMA,
                "there is no schema %s in %s".formatted(schema, connections));
          }
          if (row.getObject(2) == null) {
            throw refused(
                PostgresOptions.TABLE,
                "there is no table %s in schema %s of %s".formatted(name, schema, connections));
          }
          return row.getLong(2);
        }
      }
    }

    /** The types of all columns by name, with system columns; for a domain its base type. */
    private Map<String, String> columns(long relation) throws SQLException {
      Map<String, String> columns = new LinkedHashMap<>();
      try (PreparedStatement statement =
          connection.prepareStatement(
              """
              select a.attname, format_type(case t.typtype when 'd' then t.typbasetype else t.oid end, null)
              from pg_attribute a join pg_type t on t.oid = a.atttypid join pg_class c on c.oid = a.attrelid
              where a.attrelid = ? and not a.attisdropped and (a.attnum > 0 or c.relkind <> 'f')
              order by a.attnum
              """)) {
        statement.setLong(1, relation);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            columns.put(rows.getString(1), rows.getString(2));
          }
        }
      }
      return columns;
    }

    private void require(
        Map<String, String> columns, ConfigOption<String> option, Set<String> types) {
      String name = options.get(option);
      String type = columns.get(name);
      if (type == null) {
        throw refused(
            option,
            "%s.%s has no column %s"
                .formatted(
                    options.get(PostgresOptions.SCHEMA), options.get(PostgresOptions.TABLE), name));
      }
      if (!types.contains(type)) {
        throw refused(
            option,
            "column %s of %s.%s is %s, and must be %s; a view can convert it%s"
                .formatted(
                    name,
                    options.get(PostgresOptions.SCHEMA),
                    options.get(PostgresOptions.TABLE),
                    type,
                    String.join(" or ", types.stream().sorted().toList()),
                    types.equals(INTEGERS) && TEXT_IDS.contains(type)
                        ? ", or set %s to text".formatted(MessageOptions.IDS.key())
                        : ""));
      }
    }

    /** Adds an optional column to those that are read, if it exists. Returns whether it does. */
    private boolean readFlag(
        Map<String, String> columns, ConfigOption<String> option, List<String> read) {
      boolean exists = columns.containsKey(options.get(option));
      if (exists) {
        require(columns, option, BOOLEANS);
        read.add(options.get(option));
      }
      return exists;
    }

    /** The range that is read would not be the same on the day when clocks change. */
    private void refuseLocalTimes(String type) {
      String zone = options.get(MessageOptions.TIME_ZONE);
      if (type.equals("timestamp without time zone") && !zone.equals("UTC")) {
        throw refused(
            MessageOptions.TIME_ZONE,
            "column %1$s has no time zone, and is read as UTC; a view can convert it: %1$s at time zone '%2$s'"
                .formatted(options.get(MessageOptions.FIELD_TS), zone));
      }
    }

    private void tryToRead(TimedTable table) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "select 1 from (" + table.timedQuery(false, false, false) + ") x limit 0");
      } catch (SQLException e) {
        throw refused(
            PostgresOptions.USER,
            "%s in %s: %s (grant usage on the schema and select on the table)"
                .formatted(table.quotedName(), connections, line(e)));
      }
    }

    private void warnWithoutIndex(long relation, TimedTable table) throws SQLException {
      try (PreparedStatement statement =
          connection.prepareStatement(
              """
              select 1 from pg_class c
              where c.oid = ? and (c.relkind in ('v', 'f') or exists (
                select 1 from pg_index i join pg_attribute a
                  on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
                where i.indrelid = c.oid and i.indisvalid and i.indpred is null and a.attname = ?))
              """)) {
        statement.setLong(1, relation);
        statement.setString(2, table.time());
        try (ResultSet row = statement.executeQuery()) {
          if (!row.next()) {
            LOG.warn(
                "{} has no index that begins with {}: each look reads the whole table. Create one:"
                    + " create index concurrently on {} (\"{}\")",
                table.quotedName(),
                table.time(),
                table.quotedName(),
                table.time());
          }
        }
      }
    }
  }

  private static String iso(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }

  private static String line(SQLException e) {
    return e.getMessage().replaceAll("\\s+", " ");
  }

  private static BadOptionException refused(ConfigOption<?> option, String why) {
    return new BadOptionException("%s: %s.".formatted(option.key(), why));
  }
}
