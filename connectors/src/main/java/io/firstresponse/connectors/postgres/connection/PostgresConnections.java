package io.firstresponse.connectors.postgres.connection;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.annotation.Internal;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to PostgreSQL with timeouts, and without a password in the job graph.
 *
 * <pre>{@code
 * PostgresConnections connections =
 *     PostgresConnections.to("jdbc:postgresql://localhost:5432/shop", "writer")
 *         .passwordFile("/etc/shop/password")
 *         .socketTimeout(Duration.ofSeconds(30))
 *         .build();
 * try (connections) {
 *   Connection connection = connections.getOrEstablishConnection();
 * }
 * }</pre>
 *
 * <p>The job graph has the place of the password: a file or an environment variable, which the
 * process that connects reads each time. Connect and socket timeouts and TCP keep-alive are always
 * set. The timeouts of the server are a little shorter than the socket timeout, so that a statement
 * whose client has gone does not keep its locks.
 *
 * <p>Unless the URL has {@code prepareThreshold}, no prepared statement outlives its transaction on
 * the server: a connection pooler may give the next transaction another session, which does not
 * have the statement, or has another client's under the same name. For the same reason, settings
 * that a transaction needs are made in it. The timeouts of the server are set for the session,
 * because they have to hold from its first statement on; with such a pooler, set them for the role.
 */
@PublicEvolving
public final class PostgresConnections implements JdbcConnectionProvider {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(PostgresConnections.class);

  static {
    // A driver of the job's class loader that stays registered with the DriverManager keeps the
    // class loader in memory after the job has ended. This class does not use the DriverManager;
    // other code of the job that does has to name the driver's class.
    if (Driver.class.getClassLoader() != ClassLoader.getSystemClassLoader()
        && Driver.isRegistered()) {
      try {
        Driver.deregister();
      } catch (SQLException e) {
        LOG.warn("The driver stays with the DriverManager; the job's classes may stay with it", e);
      }
    }
  }

  private final DatabaseUrl url;
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
   * @param url as {@link #checkUrl} accepts it
   * @param user the database user
   */
  public static Builder to(String url, String user) {
    return new Builder(url, user);
  }

  /**
   * Refuses a URL that is not {@code jdbc:postgresql:}, that has a user or a secret in it, or that
   * sets what {@link Builder} sets.
   *
   * @throws IllegalArgumentException if the URL is refused; the message never repeats the URL,
   *     because it may have a secret in it
   */
  public static void checkUrl(String url) {
    new DatabaseUrl(url);
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
        // The server ends a session whose client has gone.
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

  /** In one line, who else can read the password, if anybody can. */
  public Optional<String> passwordExposure() {
    return password.exposure();
  }

  /** The same description, with a connection of its own. */
  @Internal
  public PostgresConnections another() {
    return new PostgresConnections(this);
  }

  /**
   * The exception for a statement that failed and is not tried again.
   *
   * @param what was done
   * @return a {@link io.firstresponse.connectors.PermanentFailure} if the failure stays
   */
  public IOException failed(String what, SQLException failure) {
    return SqlFailure.exception("In " + this + " " + what, failure, SqlFailure.advice(failure));
  }

  /** What to change in the URL, if that would help: one sentence. */
  public static Optional<String> urlAdvice(SQLException failure) {
    return SqlFailure.isOfPooler(failure)
        ? Optional.of(SqlFailure.remedy(failure))
        : Optional.empty();
  }

  /** The server and the user, for messages, without the parameters of the URL. */
  @Override
  public String toString() {
    return url + " as user " + user;
  }

  private Connection connect() throws SQLException {
    Properties properties = new Properties();
    PGProperty.USER.set(properties, user);
    PGProperty.CONNECT_TIMEOUT.set(properties, seconds(connectTimeout));
    // For the whole login: a server may accept the connection and then not answer.
    PGProperty.LOGIN_TIMEOUT.set(properties, url.hosts() * seconds(connectTimeout));
    PGProperty.SOCKET_TIMEOUT.set(properties, seconds(socketTimeout));
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    PGProperty.APPLICATION_NAME.set(properties, applicationName);
    PGProperty.PREPARE_THRESHOLD.set(properties, 0);
    Optional<String> secret;
    try {
      secret = password.read();
    } catch (IOException e) {
      throw new SQLException(e.getMessage(), SqlState.INVALID_AUTHORIZATION, e);
    }
    secret.ifPresent(value -> PGProperty.PASSWORD.set(properties, value));
    try {
      Connection made = new Driver().connect(url.value(), properties);
      if (made == null) {
        throw new SQLException(
            "the PostgreSQL driver does not understand the URL", SqlState.UNABLE_TO_CONNECT);
      }
      setTimeouts(made);
      return made;
    } catch (SQLException e) {
      throw secret.isPresent() ? without(secret.get(), e) : e;
    }
  }

  /** Sets the timeouts of the server a little shorter than the socket timeout. */
  private void setTimeouts(Connection made) throws SQLException {
    long socket = 1000L * seconds(socketTimeout);
    try (Statement statement = made.createStatement()) {
      statement.execute(
          "set statement_timeout = "
              + socket * 9 / 10
              + "; set idle_in_transaction_session_timeout = "
              + socket * 9 / 10
              + "; set lock_timeout = "
              + socket * 8 / 10
              // To compile a statement takes longer than these statements do.
              + "; set jit = off");
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

  /** Describes a connection. Without a password source, the driver reads {@code .pgpass}. */
  @PublicEvolving
  public static final class Builder {

    private final DatabaseUrl url;
    private final String user;
    private PasswordSource password = PasswordSource.none();
    private String applicationName = "first-response";
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration socketTimeout = Duration.ofSeconds(30);

    private Builder(String url, String user) {
      this.url = new DatabaseUrl(url);
      this.user = Objects.requireNonNull(user, "the database user is missing");
    }

    /** The file whose first line is the password, on each machine that connects. */
    public Builder passwordFile(String path) {
      password = PasswordSource.file(path);
      return this;
    }

    /**
     * The environment variable with the password, in each process that connects. If it is not set,
     * there is no password source.
     */
    public Builder passwordVariable(String name) {
      password = PasswordSource.environmentVariable(name);
      return this;
    }

    /** The name of the connection in {@code pg_stat_activity}. */
    public Builder applicationName(String name) {
      applicationName = Objects.requireNonNull(name);
      return this;
    }

    /** How long connecting to a host may take, in whole seconds, at least one. 10 s by default. */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = positive(timeout);
      return this;
    }

    /**
     * How long an answer may take before the connection is given up, in whole seconds, at least
     * one. 30 s by default. The server's statement timeout is nine tenths of it, and its lock
     * timeout eight tenths.
     */
    public Builder socketTimeout(Duration timeout) {
      socketTimeout = positive(timeout);
      return this;
    }

    /** Builds the connections. None is made before it is needed. */
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
