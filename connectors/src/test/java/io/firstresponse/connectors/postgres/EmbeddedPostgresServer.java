package io.firstresponse.connectors.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
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

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  // Names go on from those of the server that was copied.
  private final AtomicInteger databases;
  private final Path directory;
  private final int port;
  private EmbeddedPostgres running;

  private EmbeddedPostgresServer(int databases) throws IOException {
    this.databases = new AtomicInteger(databases);
    directory = Files.createTempDirectory("postgres-");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::endWithJvm, "postgres-" + port));
  }

  /** The server that the tests of this JVM share. It must not be stopped. */
  public static EmbeddedPostgresServer shared() {
    return Shared.SERVER;
  }

  /** A server of the caller's own, running. */
  public static EmbeddedPostgresServer launch() {
    try {
      EmbeddedPostgresServer server = new EmbeddedPostgresServer(0);
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
              .setDataDirectory(data())
              .setCleanDataDirectory(false)
              .setRegisterShutdownHook(false)
              .setPort(port)
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("wal_keep_size", "256MB")
              .setServerConfig("deadlock_timeout", "100ms")
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("unix_socket_directories", "")
              .setDataDirectoryCustomizer(EmbeddedPostgresServer::askOthersForPasswords)
              .setPGStartupWait(START_LIMIT)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void askOthersForPasswords(File data) {
    try {
      Files.writeString(
          data.toPath().resolve("pg_hba.conf"),
          "host all,replication "
              + USER
              + " 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
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
    if (running != null) {
      quit();
      stop();
    }
  }

  private void quit() {
    try {
      long pid = Long.parseLong(Files.readAllLines(data().resolve("postmaster.pid")).get(0));
      ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
      if (new ProcessBuilder("kill", "-QUIT", Long.toString(pid)).start().waitFor() != 0) {
        throw new IllegalStateException("there is no process " + pid);
      }
      server.onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * A server that follows this one, and has from now on all that is committed here before whoever
   * commits hears of it. While it does not run, commits wait for it.
   */
  public synchronized EmbeddedPostgresServer standby() throws Exception {
    EmbeddedPostgresServer standby = new EmbeddedPostgresServer(databases.get());
    copyTo(standby.data());
    Files.createFile(standby.data().resolve("standby.signal"));
    Files.writeString(
        standby.data().resolve("postgresql.auto.conf"),
        "primary_conninfo = 'host=127.0.0.1 port=%d user=%s application_name=standby'%n"
            .formatted(port, USER));
    standby.start();
    execute(
        "postgres",
        "alter system set synchronous_standby_names = 'standby'",
        "select pg_reload_conf()");
    awaitTrue(
        """
        select exists (
          select from pg_stat_replication
          where sync_state = 'sync' and flush_lsn >= pg_current_wal_insert_lsn())
        """);
    return standby;
  }

  /** Makes a standby a server of its own. */
  public synchronized void promote() throws Exception {
    execute("postgres", "select pg_promote(true, " + START_LIMIT.toSeconds() + ")");
    awaitTrue("select not pg_is_in_recovery()");
  }

  /** Copies what a standby starts from; what is written meanwhile it gets from the log. */
  private void copyTo(Path copy) throws IOException, SQLException {
    try (Connection backup = connect("postgres");
        Statement statement = backup.createStatement()) {
      statement.execute("select pg_backup_start('standby', true)");
      try (Stream<Path> files = Files.walk(data())) {
        for (Path file : files.toList()) {
          Path name = data().relativize(file);
          boolean log = name.startsWith("pg_wal") && Files.isRegularFile(file);
          if (log || name.startsWith("postmaster.pid")) {
            continue;
          }
          try {
            Files.copy(file, copy.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
          } catch (NoSuchFileException e) {
            // Dropped meanwhile, as the log will tell.
          }
        }
      }
      try (ResultSet label =
          statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
        label.next();
        Files.writeString(copy.resolve("backup_label"), label.getString(1));
      }
    }
  }

  private void awaitTrue(String query) throws Exception {
    Await.until(
        query,
        START_LIMIT,
        () -> {
          try (Connection connection = connect("postgres");
              Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getBoolean(1);
          }
        });
  }

  private Path data() {
    return directory.resolve("data");
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
    deleteFiles();
  }

  /** Without an orderly stop, which writes all data: Surefire waits 30 s for the end of a JVM. */
  private synchronized void endWithJvm() {
    if (running != null) {
      quit();
    }
    deleteFiles();
  }

  private void deleteFiles() {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> file.delete());
    } catch (IOException e) {
      // Closed before, or the system clears its temporary directory.
    }
  }
}
