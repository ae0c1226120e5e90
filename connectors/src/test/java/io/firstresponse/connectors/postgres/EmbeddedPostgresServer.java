package io.firstresponse.connectors.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.postgresql.Driver;

/**
 * A real PostgreSQL on loopback, which can be stopped and started again with its data and its port.
 *
 * <p>Tests that leave the server running use {@link #shared()}, one for each JVM, and a database of
 * their own from {@link #createDatabase()}. Tests that stop it {@link #launch()} their own. Either
 * ends with the JVM and leaves nothing behind.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {

  /** The superuser, let in without a password. */
  public static final String USER = "postgres";

  private static final class Shared {
    private static final EmbeddedPostgresServer SERVER = launch();
  }

  private final AtomicInteger databases = new AtomicInteger();
  private final Path directory;
  private final int port;
  private EmbeddedPostgres running;

  private EmbeddedPostgresServer() throws IOException {
    directory = Files.createTempDirectory("postgres-");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "postgres-" + port));
  }

  /** The server that the tests of this JVM share. It must not be stopped. */
  public static EmbeddedPostgresServer shared() {
    return Shared.SERVER;
  }

  /** A server of the caller's own, running. */
  public static EmbeddedPostgresServer launch() {
    try {
      EmbeddedPostgresServer server = new EmbeddedPostgresServer();
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the server if it does not run; returns when it answers. */
  public synchronized void start() {
    if (running != null) {
      return;
    }
    try {
      running =
          EmbeddedPostgres.builder()
              .setDataDirectory(directory.resolve("data"))
              .setCleanDataDirectory(false)
              .setRegisterShutdownHook(false)
              .setPort(port)
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("deadlock_timeout", "100ms")
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("unix_socket_directories", "")
              .setDataDirectoryCustomizer(EmbeddedPostgresServer::askOthersForPasswords)
              .setPGStartupWait(Duration.ofSeconds(60))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void askOthersForPasswords(File data) {
    try {
      Files.writeString(
          data.toPath().resolve("pg_hba.conf"),
          "host all " + USER + " 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops the server as an administrator would: open transactions are broken off. */
  public synchronized void stop() {
    if (running != null) {
      try {
        running.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        running = null;
      }
    }
  }

  /**
   * Ends the server at once, as {@code pg_ctl stop -m immediate} does: what it has not written into
   * its data is found in the log when it starts again.
   */
  public synchronized void crash() {
    if (running == null) {
      return;
    }
    try {
      long pid =
          Long.parseLong(
              Files.readAllLines(directory.resolve("data").resolve("postmaster.pid")).get(0));
      ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
      if (new ProcessBuilder("kill", "-QUIT", Long.toString(pid)).start().waitFor() != 0) {
        throw new IllegalStateException("there is no process " + pid);
      }
      server.onExit().join();
      stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return port;
  }

  /** An empty database that no other test uses. */
  public String createDatabase() {
    String name = "test_" + databases.incrementAndGet();
    execute("postgres", "create database " + name);
    return name;
  }

  /** Where a database of this server is, without user and password. */
  public String url(String database) {
    return url(port, database);
  }

  /** Where a database of this server is behind a proxy. */
  public static String url(int proxyPort, String database) {
    return "jdbc:postgresql://127.0.0.1:" + proxyPort + "/" + database;
  }

  /** A connection as superuser. */
  public Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", USER);
    return new Driver().connect(url(database), properties);
  }

  /** A user who may log in with a password, and nothing else. */
  public void createUser(String name, String password) {
    execute("postgres", "create role " + name + " login password '" + password + "'");
  }

  /** Runs statements as superuser. */
  public void execute(String database, String... statements) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("test set-up failed: " + List.of(statements), e);
    }
  }

  @Override
  public synchronized void close() {
    stop();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> file.delete());
    } catch (IOException e) {
      // Closed before, or the system clears its temporary directory.
    }
  }
}
