package io.firstresponse.job.options;

import io.firstresponse.connectors.postgres.PostgresConnections;
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

  /** PostgreSQL's class of failures to tell who one is. */
  private static final String NOT_AUTHORIZED = "28";

  private static final String WRONG_PASSWORD = "28P01";

  /** Who may come from where, encrypted or not, into which database. */
  private static final String RULES = "pg_hba.conf";

  private static final String LACKS_RIGHTS = "42501";

  /** Of a standby too. */
  private static final String READ_ONLY = "25006";

  /** Failures of the connection, and of the operator who ends it. */
  private static final String CONNECTION = "08";

  private static final String OPERATOR = "57";

  /** The driver's own, when it will not go on with what the server asks for. */
  private static final String REJECTED = "08004";

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
    if (state.equals(READ_ONLY)) {
      return new BadOptionException(
          "%s: %s: %s. It is a standby, or read-only for this user or database (default_transaction_read_only): give the primary's address, or several with targetServerType=primary."
              .formatted(url, connections, said(failure)));
    }
    boolean connection = state.startsWith(CONNECTION) || state.startsWith(OPERATOR);
    String option = state.equals(LACKS_RIGHTS) ? user : connection ? url : other;
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
    if (state.equals(WRONG_PASSWORD) || lacksPassword(state, failure)) {
      // The server does not tell a stranger whether there is such a user.
      return user + ", " + passwordFile;
    }
    if (state.startsWith(NOT_AUTHORIZED)) {
      if (failure.getMessage().contains(RULES)) {
        return url + ", " + user;
      }
      return failure.getCause() instanceof IOException ? passwordFile : user;
    }
    return url;
  }

  /** The driver refuses a server without TLS in the same way, but for the words. */
  private static boolean lacksPassword(String state, SQLException failure) {
    return state.equals(REJECTED) && failure.getMessage().contains("password");
  }
}
