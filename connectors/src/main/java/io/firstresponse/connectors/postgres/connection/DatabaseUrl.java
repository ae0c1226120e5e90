package io.firstresponse.connectors.postgres.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Serializable;
import java.net.URLDecoder;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.postgresql.Driver;

/**
 * The URL of a database, without a user and without secrets. Messages never repeat a refused URL,
 * because it may have a secret in it.
 *
 * @param value as the driver reads it
 */
record DatabaseUrl(String value) implements Serializable {

  private static final String PREFIX = "jdbc:postgresql:";

  private static final String EXAMPLE = PREFIX + "//host:5432/name";

  /** Parameters that would override those of {@link PostgresConnections.Builder}. */
  private static final Set<String> SET_BY_BUILDER =
      Set.of("connecttimeout", "logintimeout", "sockettimeout", "tcpkeepalive", "applicationname");

  /** Other drivers begin parameters with these. PostgreSQL's driver reads them as the name. */
  private static final Pattern PARAMETER_SIGNS = Pattern.compile("[;#&=\\s]");

  private static final Pattern PASSWORD_INSIDE =
      Pattern.compile("pass\\w*\\s*=", Pattern.CASE_INSENSITIVE);

  /** Refuses a URL with an {@link IllegalArgumentException}. */
  DatabaseUrl {
    if (value == null || !value.startsWith(PREFIX)) {
      throw new IllegalArgumentException(
          "the database URL must start with " + PREFIX + ", as in " + EXAMPLE);
    }
    checkServer(server(value));
    int question = value.indexOf('?');
    if (question >= 0) {
      for (String parameter : value.substring(question + 1).split("&", -1)) {
        checkParameter(parameter);
      }
      if (!new Driver().acceptsURL(value)) {
        throw new IllegalArgumentException(
            "the PostgreSQL driver does not understand the database URL; it should look like "
                + EXAMPLE
                + "?parameter=value");
      }
    }
  }

  private static void checkServer(String server) {
    if (server.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "the database URL must not name a user before the host: give the user, and the file or"
              + " environment variable that holds the password, by their own options");
    }
    if (PARAMETER_SIGNS.matcher(decoded(server)).find()) {
      throw new IllegalArgumentException(
          "the database URL has one of ; # & = or a blank before its parameters: these begin with a"
              + " question mark, as in "
              + EXAMPLE
              + "?parameter=value");
    }
  }

  private static void checkParameter(String parameter) {
    String[] parts = parameter.split("=", 2);
    String key = decoded(parts[0]).toLowerCase(Locale.ROOT);
    if (key.equals("user")
        || (key.contains("pass") && !key.equals("sslpasswordcallback"))
        || (parts.length > 1 && PASSWORD_INSIDE.matcher(decoded(parts[1])).find())) {
      throw new IllegalArgumentException(
          "the database URL must not carry a user or a password: give the user, and the file or"
              + " environment variable that holds the password, by their own options");
    }
    if (SET_BY_BUILDER.contains(key)) {
      throw new IllegalArgumentException(
          "the database URL must not set " + key + ": there is an option for it");
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, UTF_8).trim();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the database URL is not well encoded: a stray percent sign");
    }
  }

  private static String server(String url) {
    int question = url.indexOf('?');
    return question < 0 ? url : url.substring(0, question);
  }

  /** How many hosts the driver may try, one after the other. */
  int hosts() {
    return 1 + (int) server(value).chars().filter(c -> c == ',').count();
  }

  /** The server and the database, for messages, without parameters. */
  @Override
  public String toString() {
    return server(value).substring("jdbc:".length());
  }
}
