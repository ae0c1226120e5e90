package io.firstresponse.job.options;

import io.firstresponse.connectors.postgres.PostgresConnections;
import java.io.IOException;
import java.sql.SQLException;

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

  /** The driver's own, when it will not go on with what the server asks for. */
  private static final String REJECTED = "08004";

  /** What was said, in one line with one full stop. */
  public BadOptionException refused(PostgresConnections connections, SQLException failure) {
    String said = failure.getMessage().replaceAll("\\s+", " ").strip().replaceAll("\\.+$", "");
    return new BadOptionException("%s: %s: %s.".formatted(about(failure), connections, said));
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
