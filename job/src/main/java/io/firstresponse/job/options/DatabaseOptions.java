package io.firstresponse.job.options;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.connection.SqlState;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The names of the options that lead to a database. When it cannot be used, the message begins with
 * those to look at.
 *
 * @param url where it is
 * @param user who connects
 * @param passwordFile where the password is
 */
public record DatabaseOptions(String url, String user, String passwordFile) {

  /** The file of the server that says who may connect from where, encrypted or not. */
  private static final String RULES = "pg_hba.conf";

  /** Why there is no connection, in one line with one full stop. */
  public BadOptionException unreachable(PostgresConnections connections, SQLException failure) {
    return exception(about(failure), connections, failure);
  }

  /**
   * Why the server refuses a statement, in one line with one full stop.
   *
   * @param other the option to look at where it is none of these
   */
  public BadOptionException refused(
      PostgresConnections connections, SQLException failure, String other) {
    String state = String.valueOf(failure.getSQLState());
    if (state.equals(SqlState.READ_ONLY_SQL_TRANSACTION)) {
      return new BadOptionException(
          "%s: %s: %s. It is a standby, or read-only for this user or database (default_transaction_read_only): give the primary's address, or several with targetServerType=primary."
              .formatted(url, connections, said(failure)));
    }
    boolean connection =
        state.startsWith(SqlState.CLASS_CONNECTION_EXCEPTION)
            || state.startsWith(SqlState.CLASS_OPERATOR_INTERVENTION);
    String option = state.equals(SqlState.INSUFFICIENT_PRIVILEGE) ? user : connection ? url : other;
    return exception(option, connections, failure);
  }

  private BadOptionException exception(
      String option, PostgresConnections connections, SQLException failure) {
    Optional<String> advice = PostgresConnections.urlAdvice(failure);
    return new BadOptionException(
        "%s: %s: %s.%s"
            .formatted(
                advice.isPresent() ? url : option,
                connections,
                said(failure),
                advice.map(sentence -> " " + sentence).orElse("")));
  }

  private static String said(SQLException failure) {
    return failure.getMessage().replaceAll("\\s+", " ").strip().replaceAll("\\.+$", "");
  }

  private String about(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    if (state.equals(SqlState.INVALID_PASSWORD) || lacksPassword(state, failure)) {
      // The server does not tell a stranger whether there is such a user.
      return user + ", " + passwordFile;
    }
    if (state.startsWith(SqlState.CLASS_INVALID_AUTHORIZATION)) {
      if (failure.getMessage().contains(RULES)) {
        return url + ", " + user;
      }
      return failure.getCause() instanceof IOException ? passwordFile : user;
    }
    return url;
  }

  /** The driver refuses a server without TLS in the same way, but for the words. */
  private static boolean lacksPassword(String state, SQLException failure) {
    return state.equals(SqlState.CONNECTION_REJECTED) && failure.getMessage().contains("password");
  }
}
