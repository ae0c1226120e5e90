package io.firstresponse.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.cluster.ClusterProcess;
import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Searches for passwords in all places where a job leaves traces on a real cluster. A public text
 * is searched for as well, and has to be found in each place; otherwise the search would prove
 * nothing.
 */
class ClusterSecretsIT {

  private static final String IN_FILE = "canary-f11e-7c31aa";
  private static final String IN_ENVIRONMENT = "canary-e470-9d02bb";
  private static final String NO_SECRET = "openly-known-51f0";

  @TempDir Path parent;

  @Test
  void passwordsAppearNowhere() throws Exception {
    EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();
    // The public text is part of paths, and so of configuration, logs, command lines and the state
    // of the source.
    Path folder = Files.createDirectory(parent.resolve(NO_SECRET));
    try (FlinkCluster cluster =
            new FlinkCluster(folder.resolve("cluster"))
                .with("FIRST_RESPONSE_JDBC_PASSWORD", IN_ENVIRONMENT);
        TestDatabase first = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestDatabase second = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      // With these settings the serialized tasks are files too, and all checkpoints are kept.
      cluster.up(1, "-Dblob.offload.minsize=1", "-Dexecution.checkpointing.num-retained=1000");
      Path password = Files.writeString(parent.resolve("password"), IN_FILE + "\n");
      Path input = Files.createDirectory(folder.resolve("input"));
      Files.writeString(
          input.resolve("1.jsonl"),
          """
          {"a":1,"b":2,"ts":"2018-08-15T10:00:00Z","direct":false}
          {"a":1,"b":2,"ts":"2018-08-15T10:00:05Z","direct":true}
          {"a":1,"b":2,"ts":"2018-08-15T10:09:00Z","direct":false}
          """);
      String withFile =
          start(
              cluster,
              server,
              first,
              input,
              "file_user_" + ProcessHandle.current().pid(),
              IN_FILE,
              "--sink.jdbc.password-file",
              password.toString());
      String withVariable =
          start(
              cluster,
              server,
              second,
              input,
              "variable_user_" + ProcessHandle.current().pid(),
              IN_ENVIRONMENT);
      for (TestDatabase database : List.of(first, second)) {
        Await.until(
            "a row",
            FlinkCluster.LIMIT,
            () -> database.count("select count(*) from tbl_result where a = 1") == 1);
      }
      for (String job : List.of(withFile, withVariable)) {
        Await.until("a checkpoint", FlinkCluster.LIMIT, () -> cluster.checkpoints(job) > 0);
      }

      Map<String, byte[]> web = web(cluster, List.of(withFile, withVariable));
      assertThat(web).hasSizeGreaterThan(60);
      search("the web interface", web);
      search("blobs", files(folder.resolve("cluster/blobs"), folder.resolve("cluster/tmp")));
      search("checkpoints", files(folder.resolve("cluster/checkpoints")));
      search("command lines", commandLines(cluster));
      cluster.stop(withFile);
      cluster.stop(withVariable);
      search("savepoints", files(folder.resolve("cluster/savepoints")));
      search("logs", files(cluster.processes().logFolder()));
      search("configuration", files(cluster.processes().confFolder()));
    }
  }

  private static String start(
      FlinkCluster cluster,
      EmbeddedPostgresServer server,
      TestDatabase database,
      Path input,
      String user,
      String password,
      String... options)
      throws Exception {
    server.createUser(user, password);
    database.execute("grant all on schema public to " + user);
    List<String> args = new ArrayList<>(List.of(options));
    args.addAll(
        List.of(
            database.arguments(
                "--source.type", "files",
                "--source.files.path", input.toString(),
                "--source.files.watch-interval", "1 s",
                "--results", "live",
                "--sink.jdbc.user", user,
                "--sink.jdbc.create-tables", "true")));
    return cluster.run(args);
  }

  /** Asserts that the public text is found and no password is. */
  private static void search(String where, Map<String, byte[]> things) {
    assertThat(things.values().stream().filter(bytes -> contains(bytes, NO_SECRET)))
        .as("the search finds things in %s: %s", where, things.keySet())
        .isNotEmpty();
    things.forEach(
        (name, bytes) -> {
          assertThat(contains(bytes, IN_FILE)).as("%s: %s", where, name).isFalse();
          assertThat(contains(bytes, IN_ENVIRONMENT)).as("%s: %s", where, name).isFalse();
        });
  }

  private static boolean contains(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).contains(text);
  }

  /** All that the REST interface returns about the cluster, its processes and its jobs. */
  private static Map<String, byte[]> web(FlinkCluster cluster, List<String> jobs) throws Exception {
    List<String> paths =
        new ArrayList<>(
            List.of(
                "/overview",
                "/config",
                "/jobs",
                "/jobs/overview",
                "/jobs/metrics",
                "/jobmanager/config",
                "/jobmanager/environment",
                "/jobmanager/metrics",
                "/jobmanager/logs",
                "/jobmanager/log",
                "/jobmanager/stdout",
                "/jobmanager/thread-dump",
                "/taskmanagers",
                "/taskmanagers/metrics",
                "/datasets"));
    for (JsonNode taskManager : cluster.rest("/taskmanagers").get("taskmanagers")) {
      String root = "/taskmanagers/" + taskManager.get("id").asText();
      for (String leaf : List.of("", "/metrics", "/logs", "/log", "/stdout", "/thread-dump")) {
        paths.add(root + leaf);
      }
    }
    for (String job : jobs) {
      String root = "/jobs/" + job;
      for (String leaf :
          List.of(
              "",
              "/config",
              "/plan",
              "/exceptions",
              "/accumulators",
              "/metrics",
              "/status",
              "/jobmanager/config",
              "/jobmanager/environment",
              "/checkpoints",
              "/checkpoints/config")) {
        paths.add(root + leaf);
      }
      for (JsonNode checkpoint : cluster.rest(root + "/checkpoints").get("history")) {
        paths.add(root + "/checkpoints/details/" + checkpoint.get("id").asText());
      }
      for (JsonNode vertex : cluster.rest(root).get("vertices")) {
        String vertexRoot = root + "/vertices/" + vertex.get("id").asText();
        for (String leaf :
            List.of(
                "",
                "/accumulators",
                "/metrics",
                "/subtasks/accumulators",
                "/subtasks/0",
                "/subtasks/0/attempts/0",
                "/subtasks/0/metrics",
                "/subtasktimes",
                "/taskmanagers",
                "/watermarks",
                "/jm-operator-metrics")) {
          paths.add(vertexRoot + leaf);
        }
      }
    }
    Map<String, byte[]> pages = new LinkedHashMap<>();
    for (String path : paths) {
      pages.put(path, cluster.processes().rest(path).getBytes(StandardCharsets.UTF_8));
    }
    return pages;
  }

  private static Map<String, byte[]> commandLines(FlinkCluster cluster) throws Exception {
    Map<String, byte[]> lines = new LinkedHashMap<>();
    List<ClusterProcess> processes = new ArrayList<>(cluster.processes().taskManagers());
    processes.add(cluster.processes().jobManager());
    for (ClusterProcess process : processes) {
      lines.put(
          process.toString(),
          ProcessHandle.of(process.pid())
              .flatMap(handle -> handle.info().commandLine())
              .orElseThrow()
              .getBytes(StandardCharsets.UTF_8));
    }
    return lines;
  }

  /** The files of folders, and the contents of the compressed ones. */
  private static Map<String, byte[]> files(Path... roots) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (Path root : roots) {
      List<Path> paths;
      try (Stream<Path> walk = Files.walk(root)) {
        paths = walk.filter(Files::isRegularFile).toList();
      }
      for (Path path : paths) {
        try {
          byte[] bytes = Files.readAllBytes(path);
          files.put(path.toString(), bytes);
          unpack(path.toString(), bytes, files);
        } catch (NoSuchFileException e) {
          // Renamed or deleted by Flink meanwhile.
        }
      }
    }
    return files;
  }

  private static void unpack(String name, byte[] bytes, Map<String, byte[]> files)
      throws IOException {
    if (bytes.length < 4) {
      return;
    }
    if (bytes[0] == 'P' && bytes[1] == 'K') {
      try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          files.put(name + "!" + entry.getName(), zip.readAllBytes());
        }
      }
    } else if (bytes[0] == 0x1f && (bytes[1] & 0xff) == 0x8b) {
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        files.put(name + "!gzip", in.readAllBytes());
      }
    } else if (bytes[0] == 0x78) {
      try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
        files.put(name + "!deflated", in.readAllBytes());
      }
    }
  }
}
