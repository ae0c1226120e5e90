package io.firstresponse.connectors.postgres.connection;

import io.firstresponse.connectors.PermanentFailure;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import org.apache.flink.annotation.Internal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be done about an {@link SQLException}, by its SQLSTATE. */
@Internal
public enum SqlFailure {

  /** May pass, and the connection is still good: deadlocks, lock and statement timeouts. */
  RETRY,

  /** May pass, with a new connection: restarts, failovers, overload, a broken network. */
  RECONNECT,

  /**
   * The server refuses the user. A new password may arrive here a little later than at the server,
   * so it is tried again. After the retry timeout the failure is permanent.
   */
  LOGIN,

  /** A row is refused. Other rows would be accepted. */
  ROW,

  /** Stays until somebody changes the database or the options: a missing table, a missing right. */
  PERMANENT,

  /** Fails again at once. Whether it passes is not known, so Flink's restart strategy decides. */
  FATAL;

  private static final Logger LOG = LoggerFactory.getLogger(SqlFailure.class);

  /** The kind of a failure. */
  public static SqlFailure of(SQLException failure) {
    String state = failure.getSQLState();
    if (state == null || state.length() != 5) {
      return failure.getCause() instanceof IOException ? RECONNECT : FATAL;
    }
    return switch (state) {
      case SqlState.SERIALIZATION_FAILURE,
          SqlState.DEADLOCK_DETECTED,
          SqlState.LOCK_NOT_AVAILABLE,
          SqlState.QUERY_CANCELED ->
          RETRY;
      // After a failover the former primary, or a standby, may still answer.
      case SqlState.READ_ONLY_SQL_TRANSACTION -> RECONNECT;
      // The server closes a transaction that is idle, as when backpressure stops a reader.
      case SqlState.IDLE_IN_TRANSACTION_SESSION_TIMEOUT -> RECONNECT;
      // A value is too long for an index.
      case SqlState.PROGRAM_LIMIT_EXCEEDED -> ROW;
      case SqlState.INVALID_SQL_STATEMENT_NAME -> PERMANENT;
      default ->
          switch (SqlState.classOf(state)) {
            case SqlState.CLASS_CONNECTION_EXCEPTION,
                SqlState.CLASS_INSUFFICIENT_RESOURCES,
                SqlState.CLASS_OPERATOR_INTERVENTION ->
                RECONNECT;
            case SqlState.CLASS_DATA_EXCEPTION,
                SqlState.CLASS_INTEGRITY_CONSTRAINT_VIOLATION,
                SqlState.CLASS_PLPGSQL_ERROR ->
                ROW;
            case SqlState.CLASS_INVALID_AUTHORIZATION -> LOGIN;
            case SqlState.CLASS_INVALID_CATALOG_NAME,
                SqlState.CLASS_INVALID_SCHEMA_NAME,
                SqlState.CLASS_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION ->
                PERMANENT;
            default -> FATAL;
          };
    };
  }

  /**
   * Whether a connection pooler in transaction mode is the cause: a statement that the server
   * prepared for this client is unknown, or is another client's.
   */
  static boolean isOfPooler(SQLException failure) {
    return Set.of(SqlState.INVALID_SQL_STATEMENT_NAME, SqlState.DUPLICATE_PREPARED_STATEMENT)
        .contains(String.valueOf(failure.getSQLState()));
  }

  /** The server's message and what to do, in one line. */
  public static String advice(SQLException failure) {
    return advice(failure, remedy(failure));
  }

  /** The server's message in one line, and a sentence on what to do. */
  public static String advice(SQLException failure, String remedy) {
    return "SQLSTATE %s: %s. %s".formatted(failure.getSQLState(), line(failure), remedy);
  }

  /** What to do about a failure, in one sentence. */
  public static String remedy(SQLException failure) {
    if (isOfPooler(failure)) {
      return "Between here and the server is a pooler that gives each transaction another session:"
          + " take prepareThreshold out of the URL, or set it to 0.";
    }
    return switch (String.valueOf(failure.getSQLState())) {
      case SqlState.UNDEFINED_TABLE, SqlState.INVALID_SCHEMA_NAME ->
          "Create the table, or correct its schema and name.";
      case SqlState.INSUFFICIENT_PRIVILEGE -> "Grant the user what is missing.";
      case SqlState.INVALID_CATALOG_NAME -> "Create the database, or correct its name in the URL.";
      default ->
          switch (of(failure)) {
            case LOGIN -> "Look at the user, at its password file or variable, and at pg_hba.conf.";
            case RETRY, RECONNECT -> "It may pass by itself.";
            case ROW, PERMANENT, FATAL -> "Trying again would not help.";
          };
    };
  }

  /**
   * The exception for a failure that is not tried again: a {@link PermanentFailure} if it stays,
   * otherwise one after which Flink restarts the task.
   *
   * @param what was done, and where
   * @param advice the server's message, and what to do
   */
  public static IOException exception(String what, SQLException failure, String advice) {
    String message = what + " failed. " + advice;
    return of(failure) == PERMANENT
        ? permanent(message, failure)
        : new IOException(message, failure);
  }

  /** The exception for a failure that stays. It has no cause, so the stack trace is logged. */
  public static PermanentFailure permanent(String message, SQLException failure) {
    LOG.error("{}", message, failure);
    return new PermanentFailure(message);
  }

  /** The server's message in one line, without a full stop and the position in the statement. */
  public static String line(SQLException failure) {
    return String.valueOf(failure.getMessage())
        .replaceAll("\\s+", " ")
        .replaceFirst(" Position: \\d+$", "")
        .strip()
        .replaceAll("\\.+$", "");
  }
}
