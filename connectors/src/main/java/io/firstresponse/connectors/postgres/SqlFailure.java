package io.firstresponse.connectors.postgres;

import java.io.IOException;
import java.sql.SQLException;

/** What can be done about an {@link SQLException}, by its SQLSTATE. */
enum SqlFailure {

  /** Passes by itself, and the connection is still good: deadlocks, lock and statement timeouts. */
  RETRY,

  /** Passes by itself, with a new connection: restarts, failovers, overload, a broken network. */
  RECONNECT,

  /** The fault of a row; the others would have been taken. */
  ROW,

  /** Would fail again: a missing table, a missing right, a wrong password. */
  FATAL;

  static SqlFailure of(SQLException failure) {
    String state = failure.getSQLState();
    if (state == null || state.length() != 5) {
      return failure.getCause() instanceof IOException ? RECONNECT : FATAL;
    }
    return switch (state) {
      case "40001", "40P01", "55P03", "57014" -> RETRY;
      // Read-only: after a failover the old primary, or a standby, still answers.
      case "25006" -> RECONNECT;
      // The server has closed a transaction that stood idle, as when Flink holds a reader back.
      case "25P03" -> RECONNECT;
      // A value too long for an index. Other values fit.
      case "54000" -> ROW;
      default ->
          switch (state.substring(0, 2)) {
            case "08", "53", "57" -> RECONNECT;
            case "22", "23" -> ROW;
            default -> FATAL;
          };
    };
  }

  /** What the server said about a table, and what to do. */
  static String advice(PostgresTable<?> target, SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    String advice =
        switch (state) {
          case "42P01", "3F000" -> "Create the table, or correct its schema and name.";
          case "42703", "42804" ->
              "The table does not have the columns that are written: "
                  + target.columnNames()
                  + ". Bring it to the schema of this release.";
          case "42P10" ->
              "The table needs a primary key or a unique constraint on exactly "
                  + target.keyNames()
                  + ".";
          case "42501" -> "Grant the user what is missing: select, insert and update on the table.";
          case "21000" ->
              "Rows that were taken for different ones have the same key in the database.";
          case "3D000" -> "Create the database, or correct its name in the URL.";
          default -> {
            if (state.startsWith("28")) {
              yield "Look at the user, at its password file or variable, and at pg_hba.conf.";
            }
            yield "Trying again would not help.";
          }
        };
    return "SQLSTATE " + state + ": " + failure.getMessage() + ". " + advice;
  }
}
