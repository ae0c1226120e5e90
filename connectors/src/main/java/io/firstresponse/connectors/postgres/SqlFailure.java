package io.firstresponse.connectors.postgres;

import io.firstresponse.connectors.PermanentFailure;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be done about an {@link SQLException}, by its SQLSTATE. */
enum SqlFailure {

  /** Passes by itself, and the connection is still good: deadlocks, lock and statement timeouts. */
  RETRY,

  /** Passes by itself, with a new connection: restarts, failovers, overload, a broken network. */
  RECONNECT,

  /**
   * The server refuses the user. A password that is being changed may reach this side a little
   * later than the server, so it is tried again; but not beyond that, for it will not change by
   * itself.
   */
  LOGIN,

  /** The fault of a row; the others would have been taken. */
  ROW,

  /** Stays until somebody changes the database or the options: a missing table, a missing right. */
  PERMANENT,

  /** Would fail again at once. Whether it passes is not known, so Flink's restarts decide. */
  FATAL;

  private static final Logger LOG = LoggerFactory.getLogger(SqlFailure.class);

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
      case "26000" -> PERMANENT;
      default ->
          switch (state.substring(0, 2)) {
            case "08", "53", "57" -> RECONNECT;
            // P0: a trigger refuses it, or fails on it.
            case "22", "23", "P0" -> ROW;
            case "28" -> LOGIN;
            case "3D", "3F", "42" -> PERMANENT;
            default -> FATAL;
          };
    };
  }

  /** Statements that the server prepared for this client are unknown, or another client's. */
  static boolean isOfPooler(SQLException failure) {
    return Set.of("26000", "42P05").contains(String.valueOf(failure.getSQLState()));
  }

  /** What the server said about a table, and what to do. */
  static String advice(PostgresTable<?> target, SQLException failure) {
    return switch (String.valueOf(failure.getSQLState())) {
      case "42703", "42804" ->
          said(
              failure,
              "The table does not have the columns that are written: "
                  + target.columnNames()
                  + ". Bring it to the schema of this release.");
      case "42P10" ->
          said(
              failure,
              "The table needs a primary key or a unique constraint on exactly "
                  + target.keyNames()
                  + ".");
      case "21000" ->
          said(
              failure,
              "Rows that were taken for different ones have the same key in the database.");
      default -> advice(failure);
    };
  }

  /** What the server said, and what to do. */
  static String advice(SQLException failure) {
    return said(failure, remedy(failure));
  }

  private static String said(SQLException failure, String remedy) {
    return "SQLSTATE %s: %s. %s".formatted(failure.getSQLState(), line(failure), remedy);
  }

  /** What to do about a failure, in one sentence. */
  static String remedy(SQLException failure) {
    if (isOfPooler(failure)) {
      return "Between here and the server is a pooler that gives each transaction another session:"
          + " take prepareThreshold out of the URL, or set it to 0.";
    }
    return switch (String.valueOf(failure.getSQLState())) {
      case "42P01", "3F000" -> "Create the table, or correct its schema and name.";
      case "42501" -> "Grant the user what is missing.";
      case "3D000" -> "Create the database, or correct its name in the URL.";
      default ->
          switch (of(failure)) {
            case LOGIN -> "Look at the user, at its password file or variable, and at pg_hba.conf.";
            case RETRY, RECONNECT -> "It may pass by itself.";
            case ROW, PERMANENT, FATAL -> "Trying again would not help.";
          };
    };
  }

  /**
   * The exception for a failure that is not tried again: a {@link PermanentFailure} if it will not
   * pass by itself, otherwise one after which Flink restarts the task.
   *
   * @param what was done, and where
   * @param advice what the server said, and what to do
   */
  static IOException exception(String what, SQLException failure, String advice) {
    String message = what + " failed. " + advice;
    return of(failure) == PERMANENT
        ? permanent(message, failure)
        : new IOException(message, failure);
  }

  /** Keeps the stack trace in the log, for the exception has none of it. */
  static PermanentFailure permanent(String message, SQLException failure) {
    LOG.error("{}", message, failure);
    return new PermanentFailure(message);
  }

  /** What the server said, in one line without a full stop, and not where in a statement. */
  static String line(SQLException failure) {
    return String.valueOf(failure.getMessage())
        .replaceAll("\\s+", " ")
        .replaceFirst(" Position: \\d+$", "")
        .strip()
        .replaceAll("\\.+$", "");
  }
}
