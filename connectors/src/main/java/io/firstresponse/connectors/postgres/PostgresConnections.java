package io.firstresponse.connectors.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLDecoder;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to PostgreSQL that give up in bounded time and carry no password.
 *
 * <p>What is shipped with the job is the place of the password: a file, or an environment variable,
 * read by the process that connects, each time it connects. Connect and socket timeouts and TCP
 * keep-alive are always on. The server is told to give up a little earlier than the socket does, so
 * that a statement whose client is gone does not keep its locks.
 *
 * <p>No statement is prepared on the server beyond its transaction, unless the URL has {@code
 * prepareThreshold}: a pooler may give the next transaction another session, where the statement is
 * unknown or, worse, another client's under the same name. For the same reason whatever must hold
 * in a transaction is set in it. The timeouts of the server are the session's, for they must hold
 * from its first statement on; with such a pooler they belong to the role.
 */
public final class PostgresConnections implements JdbcConnectionProvider {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(PostgresConnections.class);

  private static final String PREFIX = "jdbc:postgresql:";

  /** Parameters of the URL would win over what is set here. */
  private static final Set<String> SET_HERE =
      Set.of("connecttimeout", "logintimeout", "sockettimeout", "tcpkeepalive", "applicationname");

  /** Other drivers begin their parameters with these; PostgreSQL's takes all for the name. */
  private static final Pattern PARAMETER_SIGNS = Pattern.compile("[;#&=\\s]");

  private static final Pattern PASSWORD_INSIDE =
      Pattern.compile("pass\\w*\\s*=", Pattern.CASE_INSENSITIVE);

  static {
    // A driver that came with the job's own class loader and stays with the DriverManager keeps
    // that
    // class loader in memory after the job has ended. Nothing here asks the DriverManager; what
    // else
    // does in the same job has to name the driver's class.
    if (Driver.class.getClassLoader() != ClassLoader.getSystemClassLoader()
        && Driver.isRegistered()) {
      try {
        Driver.deregister();
      } catch (SQLException e) {
        LOG.warn("The driver stays with the DriverManager; the job's classes may stay with it", e);
      }
    }
  }

  private final String url;
  private final String user;
  private final PasswordSource password;
  private final String applicationName;
  private final Duration connectTimeout;
  private final Duration socketTimeout;
  private transient Connection connection;

  private PostgresConnections(Builder builder) {
    this.url = builder.url;
    this.user = builder.user;
    this.password = builder.password;
    this.applicationName = builder.applicationName;
    this.connectTimeout = builder.connectTimeout;
    this.socketTimeout = builder.socketTimeout;
  }

  private PostgresConnections(PostgresConnections other) {
    this.url = other.url;
    this.user = other.user;
    this.password = other.password;
    this.applicationName = other.applicationName;
    this.connectTimeout = other.connectTimeout;
    this.socketTimeout = other.socketTimeout;
  }

  /**
   * Starts the description of a connection.
   *
   * @param url as {@link #checkUrl} wants it
   * @param user the database user
   */
  public static Builder to(String url, String user) {
    return new Builder(url, user);
  }

  /**
   * Refuses a URL that is not {@code jdbc:postgresql:}, that carries a user or a secret, or that
   * sets what {@link Builder} sets. The message never repeats the URL, for a secret may be in it.
   *
   * @throws IllegalArgumentException if the URL is refused
   */
  public static void checkUrl(String url) {
    if (url == null || !url.startsWith(PREFIX)) {
      throw new IllegalArgumentException(
          "the database URL must start with " + PREFIX + ", as in " + PREFIX + "//host:5432/name");
    }
    int question = url.indexOf('?');
    String server = question < 0 ? url : url.substring(0, question);
    if (server.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "the database URL must not name a user before the host: give the user, and the file or"
              + " environment variable that holds the password, by their own options");
    }
    if (PARAMETER_SIGNS.matcher(decoded(server)).find()) {
      throw new IllegalArgumentException(
          "the database URL has one of ; # & = or a blank before its parameters: these begin with a"
              + " question mark, as in "
              + PREFIX
              + "//host:5432/name?parameter=value");
    }
    if (question < 0) {
      return;
    }
    for (String parameter : url.substring(question + 1).split("&", -1)) {
      String[] parts = parameter.split("=", 2);
      String key = decoded(parts[0]).toLowerCase(Locale.ROOT);
      if (key.equals("user")
          || (key.contains("pass") && !key.equals("sslpasswordcallback"))
          || (parts.length > 1 && PASSWORD_INSIDE.matcher(decoded(parts[1])).find())) {
        throw new IllegalArgumentException(
            "the database URL must not carry a user or a password: give the user, and the file or"
                + " environment variable that holds the password, by their own options");
      }
      if (SET_HERE.contains(key)) {
        throw new IllegalArgumentException(
            "the database URL must not set " + key + ": there is an option for it");
      }
    }
    if (new Driver().acceptsURL(url)) {
      return;
    }
    throw new IllegalArgumentException(
        "the PostgreSQL driver does not understand the database URL; it should look like "
            + PREFIX
            + "//host:5432/name?parameter=value");
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, UTF_8).trim();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the database URL is not well encoded: a stray percent sign");
    }
  }

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public boolean isConnectionValid() throws SQLException {
    return connection != null && connection.isValid((int) connectTimeout.toSeconds());
  }

  /**
   * {@inheritDoc}
   *
   * @throws SQLException as the server or the driver says, without the password. If the password
   *     cannot be read, of SQLSTATE 28000, as if the server had refused it
   */
  @Override
  public Connection getOrEstablishConnection() throws SQLException {
    if (connection == null) {
      connection = connect();
    }
    return connection;
  }

  @Override
  public void closeConnection() {
    Connection closing = connection;
    connection = null;
    if (closing != null) {
      try {
        closing.close();
      } catch (SQLException e) {
        // The server ends what this side has let go of.
      }
    }
  }

  @Override
  public Connection reestablishConnection() throws SQLException {
    closeConnection();
    return getOrEstablishConnection();
  }

  @Override
  public void close() {
    closeConnection();
  }

  /** What is wrong with how the password is kept, if it is: a file that everybody may read. */
  public Optional<String> passwordExposure() {
    return password.exposure();
  }

  /** The same description, with a connection of its own. */
  PostgresConnections another() {
    return new PostgresConnections(this);
  }

  /**
   * The exception for a statement that failed and is not tried again.
   *
   * @param what was done
   * @return a {@link io.firstresponse.connectors.PermanentFailure} if it will not pass by itself
   */
  public IOException failed(String what, SQLException failure) {
    return SqlFailure.exception("In " + this + " " + what, failure, SqlFailure.advice(failure));
  }

  /** What to change in the URL, where that mends a failure: one sentence. */
  public static Optional<String> urlAdvice(SQLException failure) {
    return SqlFailure.isOfPooler(failure)
        ? Optional.of(SqlFailure.remedy(failure))
        : Optional.empty();
  }

  /** The server and the user, for messages. Parameters are left out. */
  @Override
  public String toString() {
    int question = url.indexOf('?');
    String server = question < 0 ? url : url.substring(0, question);
    return server.substring("jdbc:".length()) + " as user " + user;
  }

  private Connection connect() throws SQLException {
    Properties properties = new Properties();
    PGProperty.USER.set(properties, user);
    PGProperty.CONNECT_TIMEOUT.set(properties, seconds(connectTimeout));
    // The whole of it: a server that accepts and then says nothing counts too.
    PGProperty.LOGIN_TIMEOUT.set(properties, hosts() * seconds(connectTimeout));
    PGProperty.SOCKET_TIMEOUT.set(properties, seconds(socketTimeout));
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    PGProperty.APPLICATION_NAME.set(properties, applicationName);
    PGProperty.PREPARE_THRESHOLD.set(properties, 0);
    Optional<String> secret;
    try {
      secret = password.read();
    } catch (IOException e) {
      throw new SQLException(e.getMessage(), "28000", e);
    }
    secret.ifPresent(value -> PGProperty.PASSWORD.set(properties, value));
    try {
      Connection made = new Driver().connect(url, properties);
      if (made == null) {
        throw new SQLException("the PostgreSQL driver does not understand the URL", "08001");
      }
      bound(made);
      return made;
    } catch (SQLException e) {
      throw secret.isPresent() ? without(secret.get(), e) : e;
    }
  }

  /** How many hosts the driver may have to try, one after the other. */
  private int hosts() {
    int question = url.indexOf('?');
    String server = question < 0 ? url : url.substring(0, question);
    return 1 + (int) server.chars().filter(c -> c == ',').count();
  }

  /** Bounds what the server does for this connection, below the time that this side waits. */
  private void bound(Connection made) throws SQLException {
    long socket = 1000L * seconds(socketTimeout);
    try (Statement statement = made.createStatement()) {
      statement.execute(
          "set statement_timeout = "
              + socket * 9 / 10
              + "; set idle_in_transaction_session_timeout = "
              + socket * 9 / 10
              + "; set lock_timeout = "
              + socket * 8 / 10);
    } catch (SQLException e) {
      made.close();
      throw e;
    }
  }

  private static SQLException without(String secret, SQLException failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (!secret.isEmpty() && String.valueOf(t.getMessage()).contains(secret)) {
        return new SQLException(
            "connecting failed; the message is withheld, for the password occurs in it",
            failure.getSQLState());
      }
    }
    return failure;
  }

  private static int seconds(Duration duration) {
    return (int) Math.min(Integer.MAX_VALUE / 1000, duration.plusMillis(999).toSeconds());
  }

  /** Describes a connection. Without a password source, the driver looks into {@code .pgpass}. */
  public static final class Builder {

    private final String url;
    private final String user;
    private PasswordSource password = PasswordSource.none();
    private String applicationName = "first-response";
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration socketTimeout = Duration.ofSeconds(30);

    private Builder(String url, String user) {
      checkUrl(url);
      this.url = url;
      this.user = Objects.requireNonNull(user, "the database user is missing");
    }

    /** The password is the first line of this file, on each machine that connects. */
    public Builder passwordFile(String path) {
      password = PasswordSource.file(path);
      return this;
    }

    /**
     * The password is the value of this environment variable of each process that connects. Where
     * it is not set, there is no password source.
     */
    public Builder passwordVariable(String name) {
      password = PasswordSource.environmentVariable(name);
      return this;
    }

    /** How the connection shows in {@code pg_stat_activity}. */
    public Builder applicationName(String name) {
      applicationName = Objects.requireNonNull(name);
      return this;
    }

    /**
     * How long connecting to a host may take; a second at least, in whole seconds. 10 s by default.
     */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = positive(timeout);
      return this;
    }

    /**
     * How long an answer may take before the connection is given up; a second at least, in whole
     * seconds. 30 s by default. A statement gets nine tenths of it, a lock eight tenths.
     */
    public Builder socketTimeout(Duration timeout) {
      socketTimeout = positive(timeout);
      return this;
    }

    public PostgresConnections build() {
      return new PostgresConnections(this);
    }

    private static Duration positive(Duration timeout) {
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("a timeout must be positive, but is " + timeout);
      }
      return timeout;
    }
  }
}
