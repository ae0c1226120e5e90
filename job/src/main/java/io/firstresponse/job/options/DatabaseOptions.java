package io.firstresponse.job.options;

import io.firstresponse.connectors.postgres.PostgresConnections;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The keys of the options with which a database is reached. If the database cannot be used, the
 * error message begins with the keys to look at.
 *
 * @param url the option with the URL
 * @param user the option with the user
 * @param passwordFile the option with the file of the password
 */
public record DatabaseOptions(String url, String user, String passwordFile) {

  /** The SQLSTATE class of failed authentication. */
  private static final String NOT_AUTHORIZED = "28";

  private static final String WRONG_PASSWORD = "28P01";

  /** PostgreSQL names this file if its rules refuse the user, the host, or TLS. */
  private static final String RULES = "pg_hba.conf";

  private static final String LACKS_RIGHTS = "42501";

  /** The SQLSTATE of a read-only transaction, which a standby gives too. */
  private static final String READ_ONLY = "25006";

  /** The SQLSTATE classes of a failed connection, and of one that an administrator has ended. */
  private static final String CONNECTION = "08";

  private static final String OPERATOR = "57";

  /** The SQLSTATE of the driver when it refuses what the server requires. */
  private static final String REJECTED = "08004";

  /** The reason why there is no connection, in one line. */
  public BadOptionException unreachable(PostgresConnections connections, SQLException failure) {
    return exception(about(failure), connections, failure);
  }

  /**
   * The reason why the server refuses a statement, in one line.
   *
   * @param other the option to name if the failure is about none of the options of the connection
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
      // The server gives the same error for an unknown user and for a wrong password.
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

  /** The driver uses the same SQLSTATE for a server without TLS, so the text decides. */
  private static boolean lacksPassword(String state, SQLException failure) {
    return state.equals(REJECTED) && failure.getMessage().contains("password");
  }
}
