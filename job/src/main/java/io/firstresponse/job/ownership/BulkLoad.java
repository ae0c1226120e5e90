package io.firstresponse.job.ownership;

import io.firstresponse.connectors.postgres.connection.Identifier;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills an empty {@code tbl_result} without its keys and indexes, and creates them after the rows:
 * PostgreSQL needs half the time for both together.
 *
 * <p>While a batch fills the table, {@code tbl_load} has a row with the statements that create the
 * keys again. It is inserted in the transaction that drops the keys, when the first rows come, and
 * deleted in the transaction that creates them. So if there is such a row and no job runs, a load
 * was interrupted, and the row has what is missing. Where keys cannot be dropped, the row has no
 * statements.
 *
 * <p>Without keys, a row that is written twice would be in the table twice. So the next attempt or
 * job first empties the table and creates its keys; the next attempt then fills it with its keys.
 * Each method works in a transaction that the caller commits.
 */
public final class BulkLoad {

  private static final Logger LOG = LoggerFactory.getLogger(BulkLoad.class);

  /** For the table's exclusive lock. Readers that come meanwhile wait no longer than this. */
  private static final String LOCK_TIMEOUT = "1s";

  /**
   * A table whose keys can be dropped and created again as they were: the user owns it, no other
   * table refers to it, it has no triggers, which might read it, and neither partitions nor tables
   * that inherit from it.
   */
  private static final String SUITABLE =
      """
      select c.oid from pg_class c
      where c.oid = '%s'::regclass and c.relkind = 'r' and c.relpersistence = 'p'
        and not c.relispartition and not c.relhassubclass and not c.relhasrules
        and c.relreplident = 'd' and pg_has_role(c.relowner, 'usage')
        and has_schema_privilege(c.relnamespace, 'create')
        and not exists (select from pg_trigger where tgrelid = c.oid)
        and not exists (select from pg_constraint where confrelid = c.oid)
        and not exists (
          select from pg_constraint n
          where n.conrelid = c.oid and (n.contype = 'x' or n.condeferrable
            or n.contype in ('p', 'u') and obj_description(n.oid, 'pg_constraint') is not null))
        and not exists (
          select from pg_index i join pg_class x on x.oid = i.indexrelid
          where i.indrelid = c.oid
            and (not i.indisvalid or i.indisclustered or i.indisreplident
              or x.reltablespace <> 0 or x.reloptions is not null))
      """;

  /**
   * For each index: the statement that drops it, and those that create it again, its comment, and
   * its constraint. Others may read while an index is created; adding a constraint on an index that
   * exists takes no time.
   */
  private static final String KEYS =
      """
      select
        case when n.oid is null
          then format('drop index %%s', x.oid::regclass)
          else format('alter table %%s drop constraint %%I', i.indrelid::regclass, n.conname) end,
        pg_get_indexdef(x.oid),
        'comment on index ' || x.oid::regclass || ' is '
          || quote_literal(obj_description(x.oid, 'pg_class')),
        case when n.oid is not null
          then format('alter table %%s add constraint %%I %%s using index %%I',
            i.indrelid::regclass, n.conname,
            case n.contype when 'p' then 'primary key' else 'unique' end, x.relname) end
      from pg_index i join pg_class x on x.oid = i.indexrelid
        left join pg_constraint n
          on n.conindid = x.oid and n.conrelid = i.indrelid and n.contype in ('p', 'u')
      where i.indrelid = %d
      order by x.oid
      """;

  private final String schema;

  /**
   * @param schema where the tables are
   */
  public BulkLoad(String schema) {
    this.schema = new Identifier(schema).quoted();
  }

  /**
   * A load that is under way or was interrupted.
   *
   * @param keys the statements that create the keys again
   * @param finished how many key groups have all their rows in the table
   */
  private record Load(List<String> keys, Attempt attempt, int finished) {}

  /**
   * Begins the load of a task, before its first row. The first task of the first attempt drops the
   * keys, if they can be created again.
   *
   * @return whether the attempt may fill the table; if not, a later attempt does
   */
  public boolean enter(Connection connection, Attempt attempt) throws SQLException {
    Optional<Load> load = load(connection);
    if (load.isPresent() && attempt.isSame(load.get().attempt)) {
      return true;
    }
    if (load.isPresent() && attempt.isOutdatedBy(load.get().attempt)) {
      return false;
    }
    boolean emptied = load.isPresent() && restore(connection, load.get());
    List<String> keys = load.isPresent() ? List.of() : dropKeys(connection);
    LOG.info(
        "{}.tbl_result is filled {} its keys{}",
        schema,
        keys.isEmpty() ? "with" : "without",
        emptied ? ", after it was emptied" : "");
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into %s.tbl_load (target, keys, submitted_at, execution, attempt) values ('tbl_result', ?, ?, ?, ?)"
                .formatted(schema))) {
      insert.setArray(1, connection.createArrayOf("text", keys.toArray()));
      insert.setObject(2, attempt.submission().at());
      insert.setString(3, attempt.execution());
      insert.setInt(4, attempt.number());
      insert.execute();
    }
    return true;
  }

  /** Drops the keys and returns the statements that create them again; none if that fails. */
  private List<String> dropKeys(Connection connection) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try (Statement statement = connection.createStatement()) {
      // So that the names of indexes have their schema.
      statement.execute("set local search_path to pg_catalog");
      statement.execute("set local lock_timeout = '" + LOCK_TIMEOUT + "'");
      List<String> keys = drop(statement);
      if (!keys.isEmpty()) {
        return keys;
      }
    } catch (SQLException e) {
      LOG.info("The keys of {}.tbl_result cannot be dropped: {}", schema, e.getMessage());
    }
    connection.rollback(before);
    return List.of();
  }

  private List<String> drop(Statement statement) throws SQLException {
    Optional<Long> table = suitable(statement);
    if (table.isEmpty()) {
      return List.of();
    }
    statement.execute("lock table %s.tbl_result in access exclusive mode".formatted(schema));
    if (isTrue(statement, "select exists (select from %s.tbl_result)".formatted(schema))) {
      return List.of();
    }
    List<String> drops = new ArrayList<>();
    List<String> indexes = new ArrayList<>();
    List<String> constraints = new ArrayList<>();
    try (ResultSet row = statement.executeQuery(KEYS.formatted(table.get()))) {
      while (row.next()) {
        drops.add(row.getString(1));
        indexes.add(row.getString(2));
        Optional.ofNullable(row.getString(3)).ifPresent(indexes::add);
        Optional.ofNullable(row.getString(4)).ifPresent(constraints::add);
      }
    }
    for (String drop : drops) {
      statement.execute(drop);
    }
    List<String> keys = new ArrayList<>(indexes);
    keys.addAll(constraints);
    return keys;
  }

  private Optional<Long> suitable(Statement statement) throws SQLException {
    String name = schema.replace("'", "''") + ".tbl_result";
    try (ResultSet row = statement.executeQuery(SUITABLE.formatted(name))) {
      return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
    }
  }

  /**
   * Ends a load that was interrupted. A table without keys is emptied and gets its keys; a table
   * with keys keeps its rows.
   *
   * @return whether the table was emptied
   */
  boolean restore(Connection connection) throws SQLException {
    Optional<Load> load = load(connection);
    return load.isPresent() && restore(connection, load.get());
  }

  private boolean restore(Connection connection, Load load) throws SQLException {
    boolean lacksKeys = !load.keys.isEmpty();
    if (lacksKeys) {
      execute(connection, "truncate %s.tbl_result".formatted(schema));
    }
    end(connection, load);
    return lacksKeys;
  }

  /**
   * Ends the load of a task, after its last row. The last task creates the keys, which may take
   * minutes.
   *
   * @param groups key groups of the task
   * @param allGroups those of all tasks
   * @return whether the attempt was still the one that fills the table
   */
  public boolean leave(Connection connection, Attempt attempt, int groups, int allGroups)
      throws SQLException {
    Optional<Load> load = load(connection);
    if (load.isEmpty() || !attempt.isSame(load.get().attempt)) {
      return false;
    }
    if (load.get().finished + groups == allGroups) {
      end(connection, load.get());
    } else {
      execute(
          connection,
          "update %s.tbl_load set finished_groups = finished_groups + %d"
              .formatted(schema, groups));
    }
    return true;
  }

  private void end(Connection connection, Load load) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local statement_timeout = 0");
      statement.execute("set local lock_timeout = 0");
      statement.execute(
          "select set_config('maintenance_work_mem', '256MB', true)"
              + " where pg_size_bytes(current_setting('maintenance_work_mem')) < 256 * 1024 * 1024");
      for (String key : load.keys) {
        statement.execute(key);
      }
      statement.execute("delete from %s.tbl_load".formatted(schema));
    }
  }

  /** Locks the row: each transaction sees what the one before it has committed. */
  private Optional<Load> load(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("lock table %s.tbl_load in share row exclusive mode".formatted(schema));
      return load(statement);
    }
  }

  private Optional<Load> load(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "select keys, submitted_at, execution, attempt, finished_groups from %s.tbl_load"
                .formatted(schema))) {
      return row.next()
          ? Optional.of(
              new Load(
                  List.of((String[]) row.getArray(1).getArray()),
                  new Attempt(
                      new Submission(row.getObject(2, OffsetDateTime.class), "", ""),
                      0,
                      row.getString(3),
                      row.getInt(4)),
                  row.getInt(5)))
          : Optional.empty();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static boolean isTrue(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getBoolean(1);
    }
  }
}
