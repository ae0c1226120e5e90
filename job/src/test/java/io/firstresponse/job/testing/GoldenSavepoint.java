package io.firstresponse.job.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.DatagenOptions;
import io.firstresponse.job.source.datagen.Workload;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.postgresql.PGConnection;

/**
 * A savepoint that a release has left, with what the job had written by then. Beside it are the
 * options of the job, the same for all savepoints of a release, and its whole input.
 *
 * @param folder holds the savepoint; its name contains backend, format, response mode, results, and
 *     the kind of source unless that is the generator
 */
public record GoldenSavepoint(Path folder) {

  /** A folder for each release. */
  public static final Path RELEASES = Path.of("src/test/resources/savepoints");

  private static final String OPTIONS = "options.properties";
  private static final String MESSAGES = "messages.csv";
  private static final String ROWS = "tbl_result.csv";
  private static final String TABLES = "tables.txt";

  private static final double A_SECOND = 200;

  /** Message by message, half of the bound behind, of customers who are all waiting for more. */
  private static final String WORKLOAD =
      """
      source.type: datagen
      source.datagen.count: 1000
      source.datagen.event-rate: 10
      source.datagen.customers: 60
      source.datagen.agents: 3
      source.datagen.disorder: 20 s
      source.datagen.duplicates: 0.05
      event-time.max-out-of-orderness: 20 s
      """;

  /** The job on the generator, on each backend and in each format; on the other sources once. */
  public static final List<String> KINDS =
      Stream.concat(
              Stream.of("hashmap", "rocksdb")
                  .flatMap(backend -> Stream.of(backend + "_canonical", backend + "_native"))
                  .flatMap(
                      state ->
                          Stream.of(state + "_any-agent_final", state + "_addressed-agent_live")),
              Stream.of(
                  "hashmap_canonical_any-agent_final_files",
                  "hashmap_canonical_addressed-agent_live_kafka",
                  "hashmap_canonical_any-agent_final_postgres"))
          .toList();

  /** All there are, of all releases. */
  public static Stream<GoldenSavepoint> all() throws IOException {
    List<GoldenSavepoint> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(RELEASES, 2)) {
      files
          .filter(path -> Files.exists(path.resolve("_metadata")))
          .sorted()
          .map(GoldenSavepoint::new)
          .forEach(all::add);
    }
    return all.stream();
  }

  /** Runs the job of each kind, and keeps what it leaves. */
  public static void writeAll(String release, Path scratch) throws Exception {
    Path folder = RELEASES.resolve(release);
    if (Files.exists(folder)) {
      throw new IllegalStateException(
          folder
              + " is there already, and stays as it is. If "
              + release
              + " is not out, delete it");
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(OPTIONS), WORKLOAD);
    for (String kind : KINDS) {
      new GoldenSavepoint(folder.resolve(kind))
          .write(Files.createDirectories(scratch.resolve(kind)));
    }
  }

  private void write(Path scratch) throws Exception {
    Files.createDirectories(folder);
    try (TestDatabase database = TestDatabase.create(mode())) {
      Workload workload = Workload.from(options(database));
      Files.write(
          folder.resolveSibling(MESSAGES),
          LongStream.range(0, workload.end())
              .mapToObj(workload::message)
              .map(m -> "%d,%d,%d,%b".formatted(m.a(), m.b(), m.ts(), m.direct()))
              .toList());
      try (GoldenInput input = input(database)) {
        write(database, options(database, input.options()), scratch);
      }
    }
  }

  private void write(TestDatabase database, Configuration options, Path scratch) throws Exception {
    Configuration flink = JobRun.settings(backend(), scratch);
    // What is kept in the metadata itself bears the path of the file that it would have been.
    flink.setString("execution.checkpointing.data-inline-threshold", "0 b");
    // The generator reads many at once, and keeps its own pace.
    Configuration slowly = new Configuration(options).set(DatagenOptions.RATE, A_SECOND);
    JobRun run = JobRun.startSlowly(flink, readers(), slowly, A_SECOND, scratch);
    run.awaitUsed(messages().size() / 4);
    assertThat(run.waiting()).isGreaterThan(50);
    Path savepoint = Path.of(URI.create(run.end(leaves())));
    try (Stream<Path> files = Files.list(savepoint)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Files.write(folder.resolve(TABLES), database.strings("select id from tbl_identity"));
    try (Connection connection = database.connect();
        OutputStream rows = Files.newOutputStream(folder.resolve(ROWS))) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyOut(
              "copy (select * from tbl_result order by b, b_ts) to stdout (format csv, header)",
              rows);
    }
  }

  /** Makes the tables those that the job wrote, as its state knows them. */
  public void identify(TestDatabase database) throws Exception {
    database.execute(
        "update tbl_identity set id = '%s'"
            .formatted(Files.readString(folder.resolve(TABLES)).strip()));
  }

  /** Which Flink keeps the state. */
  public String backend() {
    return part(0);
  }

  private JobRun.Leaves leaves() {
    return part(1).equals("native")
        ? JobRun.Leaves.NATIVE_SAVEPOINT
        : JobRun.Leaves.CANONICAL_SAVEPOINT;
  }

  /** What the job counted. */
  public ResponseMode mode() {
    return Arrays.stream(ResponseMode.values())
        .filter(mode -> mode.code().equals(part(2)))
        .findFirst()
        .orElseThrow();
  }

  /** When its job published sessions. */
  public String results() {
    return part(3);
  }

  /** What it read, as the option {@code source.type} has it. */
  public String source() {
    return parts().length > 4 ? part(4) : "datagen";
  }

  /** Files are read one after the other, and so is a table. */
  private int readers() {
    return source().equals("files") || source().equals("postgres") ? 1 : 2;
  }

  private String part(int i) {
    return parts()[i];
  }

  private String[] parts() {
    return folder.getFileName().toString().split("_", 5);
  }

  /** Where Flink finds it. */
  public String path() {
    return folder.toUri().toString();
  }

  /** All its messages, where the job finds them. */
  public GoldenInput input(TestDatabase database) throws Exception {
    return GoldenInput.of(source(), database, messages());
  }

  /**
   * The options that the job had, and that it goes on with.
   *
   * @param source those that say where it reads
   */
  public Configuration options(TestDatabase database, String... source) {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("--config", folder.resolveSibling(OPTIONS).toString()));
    all.addAll(List.of("--results", results()));
    all.addAll(List.of(source));
    return database.options(all.toArray(String[]::new));
  }

  /** All that the job was given and will be given, in the order of its arrival. */
  public List<Message> messages() throws IOException {
    return Files.readAllLines(folder.resolveSibling(MESSAGES)).stream()
        .map(line -> line.split(",", 4))
        .map(
            field ->
                new Message(
                    Long.parseLong(field[0]),
                    Long.parseLong(field[1]),
                    Long.parseLong(field[2]),
                    Boolean.parseBoolean(field[3])))
        .toList();
  }

  /** Puts the rows that the job had written into the table. */
  public void restoreRows(TestDatabase database) throws Exception {
    Path rows = folder.resolve(ROWS);
    String columns;
    try (Stream<String> lines = Files.lines(rows)) {
      columns = lines.findFirst().orElseThrow();
    }
    try (Connection connection = database.connect();
        Reader in = Files.newBufferedReader(rows)) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("copy tbl_result (" + columns + ") from stdin (format csv, header)", in);
    }
  }

  @Override
  public String toString() {
    return RELEASES.relativize(folder).toString();
  }
}
