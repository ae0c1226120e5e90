package io.firstresponse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.testing.MessageJson;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.WindowQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that go on from each other's state; those that are killed or stopped are processes. */
class StateFolderIT {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Duration BOUND = Duration.ofMinutes(1);
  private static final int NIGHTS = 7;

  /** 2018-08-15T00:00:00Z. */
  private static final long MIDNIGHT = 1_534_291_200_000_000L;

  private static final long DAY = TimeUnit.DAYS.toMicros(1);

  @TempDir Path folder;

  /** Waits last over midnight, and messages that come after midnight were sent before. */
  @ParameterizedTest
  @CsvSource({"final, 17", "live, 18"})
  void aFileANightIsWhatOneRunOverAllIs(String results, long seed) throws Exception {
    List<List<Message>> nights = nights(seed);
    List<Message> read = new ArrayList<>();
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      for (int night = 0; night < NIGHTS; night++) {
        Path file = write("night-%d.jsonl".formatted(night), nights.get(night));
        read.addAll(nights.get(night));
        // A file with another name each night, or a folder with one more.
        Path input = night % 2 == 0 ? file : file.getParent();
        Script.Outcome outcome =
            InProcess.runLocal(arguments(database, input, "--results", results));
        String what = "night %d, seed %d: %s".formatted(night, seed, outcome);
        assertThat(outcome.err()).as(what).isEmpty();
        assertThat(outcome.exitCode()).as(what).isZero();
        assertThat(outcome.out())
            .as(what)
            .contains("\nthis run: read %,d messages; ".formatted(nights.get(night).size()))
            .contains("\nall runs: conservation: true (read %,d =".formatted(read.size()));
        assertThat(rows(database)).as(what).isEqualTo(expected(results, read));
        assertThat(completeThrough(database)).as(what).isEqualTo(watermark(read));
      }
      assertThat(database.strings("select count(*) from tbl_late")).containsExactly("0");
      assertThat(rows(database)).hasSizeGreaterThan(200);
    }
    assertThat(snapshots()).as("the last one is enough").hasSize(1);
  }

  /** Which files were read, and how far, is in the state. */
  @ParameterizedTest
  @ValueSource(strings = {"final", "live"})
  void aKilledRunGoesOn(String results) throws Exception {
    List<Message> messages = new ArrayList<>();
    for (int day = 0; day < 40; day++) {
      List<Message> one = around(31 + day, MIDNIGHT + day * DAY, 10_000);
      write("day-%02d.jsonl".formatted(day), one);
      messages.addAll(one);
    }
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      List<String> args =
          arguments(
              database,
              folder.resolve("messages"),
              "--results",
              results,
              "-Dexecution.checkpointing.interval=100 ms");
      for (int kill = 0; kill < 2; kill++) {
        Set<Path> before = Set.copyOf(snapshots());
        try (Script script = Script.start("run-local", folder, Map.of(), args)) {
          Await.until("a checkpoint", LIMIT, () -> !before.containsAll(snapshots()));
          script.signal("KILL");
          assertThat(script.outcome().exitCode()).isEqualTo(137);
        }
      }
      Script.Outcome outcome = InProcess.runLocal(args);
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      assertThat(outcome.out()).contains("\nall runs: conservation: true (read 400,000 =");
      assertThat(rows(database)).isEqualTo(expected(results, messages));
    }
    assertThat(snapshots()).hasSize(1);
  }

  @Test
  void aWatchedFolderIsStoppedAndGoesOn() throws Exception {
    List<Message> first = around(1, MIDNIGHT, 100);
    List<Message> second = around(2, MIDNIGHT + DAY, 100);
    write("1.jsonl", first);
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      List<String> args =
          arguments(
              database,
              folder.resolve("messages"),
              "--results",
              "live",
              "--source.files.watch-interval",
              "100 ms");
      try (Script script = Script.start("run-local", folder, Map.of(), args)) {
        Await.until("rows", LIMIT, () -> rows(database).equals(sessions(first)));
        assertThat(InProcess.runLocal(args))
            .as("a second run with the same state")
            .satisfies(
                other -> {
                  assertThat(other.exitCode()).isEqualTo(2);
                  assertThat(other.err()).hasLineCount(1).startsWith("--state: another run uses ");
                });
        script.signal("TERM");
        assertThat(script.outcome())
            .satisfies(outcome -> assertThat(outcome.err()).isEmpty())
            .satisfies(outcome -> assertThat(outcome.exitCode()).isZero())
            .satisfies(
                outcome -> assertThat(outcome.out()).contains("\nall runs: conservation: true"));
      }
      write("2.jsonl", second);
      List<Message> all = Stream.of(first, second).flatMap(List::stream).toList();
      try (Script script = Script.start("run-local", folder, Map.of(), args)) {
        Await.until("all rows", LIMIT, () -> rows(database).equals(sessions(all)));
        script.signal("KILL");
        script.outcome();
      }
    }
  }

  /** It may have been read: what of it is new cannot be known. */
  @Test
  void aFileThatHasChangedSinceIsRefused() throws Exception {
    Path file = write("1.jsonl", List.of(new Message(1, 1, MIDNIGHT + 10_000_000, false, false)));
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      List<String> args =
          arguments(
              database,
              file,
              "--results",
              "live",
              "--source.files.watch-interval",
              "100 ms",
              "-Dexecution.checkpointing.interval=100 ms");
      try (Script script = Script.start("run-local", folder, Map.of(), args)) {
        Await.until("a row", LIMIT, () -> rows(database).size() == 1);
        Set<Path> before = Set.copyOf(snapshots());
        Await.until("a checkpoint", LIMIT, () -> !before.containsAll(snapshots()));
        script.signal("KILL");
        script.outcome();
      }
      List<String> rows = rows(database);
      for (Message added :
          List.of(
              new Message(1, 1, MIDNIGHT + 5_000_000, false, false),
              new Message(2, 1, MIDNIGHT + 20_000_000, true, false))) {
        Files.write(file, List.of(MessageJson.of(added)), StandardOpenOption.APPEND);
      }
      Script.Outcome outcome = InProcess.runLocal(args);
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(1);
      assertThat(outcome.err()).hasLineCount(1).contains("1.jsonl").contains("file of its own");
      assertThat(rows(database)).isEqualTo(rows);

      // In a file of their own they are what they would have been.
      Path more = write("2.jsonl", List.of());
      List<String> lines = Files.readAllLines(file);
      Files.write(more, lines.subList(1, 3));
      Files.write(file, lines.subList(0, 1));
      outcome = InProcess.runLocal(arguments(database, more, "--results", "live"));
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      assertThat(rows(database))
          .containsExactly("1 %d 1 2 %d".formatted(MIDNIGHT + 5_000_000, MIDNIGHT + 20_000_000));
    }
  }

  @Test
  void whatCannotBeMeantIsOneLine() throws Exception {
    Path file = write("1.jsonl", around(1, MIDNIGHT, 10));
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      List<String> args = arguments(database, file);
      assertThat(InProcess.runLocal(args).exitCode()).isZero();

      List<String> twice = new ArrayList<>(args);
      twice.addAll(List.of("--state", "other"));
      List<String> batch = new ArrayList<>(args);
      batch.add("-Dexecution.runtime-mode=BATCH");
      List<String> noFolder = arguments(database, file);
      noFolder.set(noFolder.indexOf("--state") + 1, file.toString());
      List<String> end = arguments(database, file);
      end.set(end.indexOf("files"), "datagen");
      for (List<String> wrong : List.of(twice, batch, noFolder, end)) {
        assertThat(InProcess.runLocal(wrong))
            .satisfies(outcome -> assertThat(outcome.exitCode()).isEqualTo(2))
            .satisfies(outcome -> assertThat(outcome.err()).hasLineCount(1))
            .satisfies(outcome -> assertThat(outcome.out()).isEmpty());
      }

      Path metadata = snapshots().get(0).resolve("_metadata");
      Files.write(metadata, new byte[3]);
      assertThat(InProcess.runLocal(args))
          .satisfies(outcome -> assertThat(outcome.exitCode()).isEqualTo(2))
          .satisfies(
              outcome ->
                  assertThat(outcome.err())
                      .hasLineCount(1)
                      .contains(metadata.getParent().toString())
                      .contains("--start-over"));
    }
  }

  /** Unless a run has written within the last minute: a cluster's job may go on from its state. */
  @Test
  void startingOverDeletesStateAndRows() throws Exception {
    List<Message> first = around(1, MIDNIGHT, 100);
    List<Message> second = around(2, MIDNIGHT, 200);
    List<Message> third = around(3, MIDNIGHT + DAY, 100);
    Path file = write("1.jsonl", first);
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      List<String> args = arguments(database, file, "--results", "live");
      assertThat(InProcess.runLocal(args).exitCode()).isZero();
      assertThat(rows(database)).isEqualTo(sessions(first));
      List<Path> before = snapshots();

      write("1.jsonl", second);
      List<String> over = new ArrayList<>(args);
      over.add("--start-over");
      assertRefused(over, "sink.jdbc.schema: a job writes the tables");
      assertThat(snapshots()).isEqualTo(before);
      assertThat(rows(database)).isEqualTo(sessions(first));
      database.execute("update tbl_writer set alive_at = alive_at - interval '1 minute'");
      Script.Outcome outcome = InProcess.runLocal(over);
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.out())
          .contains(": tbl_result %,d, tbl_late 0".formatted(sessions(first).size()))
          .contains("\nthis run: read 200 messages; ")
          .contains("\nall runs: conservation: true (read 200 =");
      assertThat(rows(database)).isEqualTo(sessions(second));
      assertThat(snapshots()).hasSize(1).doesNotContainAnyElementsOf(before);

      write("2.jsonl", third);
      args.set(args.indexOf(file.toString()), file.getParent().toString());
      outcome = InProcess.runLocal(args);
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      assertThat(outcome.out()).contains("\nall runs: conservation: true (read 300 =");
      assertThat(rows(database))
          .isEqualTo(sessions(Stream.of(second, third).flatMap(List::stream).toList()));
    }
  }

  /** Its rows are all that it has left: they are deleted, and its input is read again. */
  @Test
  void aRunThatIsKilledBeforeItsFirstCheckpointIsBegunAgain() throws Exception {
    List<Message> first = around(1, MIDNIGHT, 100);
    List<Message> second = around(2, MIDNIGHT, 100);
    write("1.jsonl", first);
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      List<String> args =
          arguments(
              database,
              folder.resolve("messages"),
              "--results",
              "live",
              "-Dexecution.checkpointing.interval=1 h",
              // Or the first one comes at once.
              "-Dexecution.checkpointing.min-pause=1 h");
      List<String> endless = new ArrayList<>(args);
      endless.addAll(List.of("--source.files.watch-interval", "100 ms"));
      try (Script script = Script.start("run-local", folder, Map.of(), endless)) {
        Await.until("rows", LIMIT, () -> rows(database).equals(sessions(first)));
        script.signal("KILL");
        script.outcome();
      }
      assertThat(snapshots()).isEmpty();

      // Not what it has read: its rows would be wrong if any of them stayed.
      write("1.jsonl", second);
      Script.Outcome outcome = InProcess.runLocal(args);
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.out()).contains("\nall runs: conservation: true (read 100 =");
      assertThat(rows(database)).isEqualTo(sessions(second));
      assertThat(snapshots()).hasSize(1);
    }
  }

  @Test
  void stateOfOtherTablesOrOfAnotherModeIsRefused() throws Exception {
    List<Message> messages = around(1, MIDNIGHT, 100);
    Path file = write("1.jsonl", messages);
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT);
        ReplayDatabase other = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      List<String> args = arguments(database, file, "--results", "live");
      assertThat(InProcess.runLocal(args).exitCode()).isZero();
      List<Path> before = snapshots();

      String of = "--state: the state in " + folder.resolve("state").toRealPath();
      assertRefused(arguments(other, file, "--results", "live"), of + " belongs to other tables");
      List<String> schema = new ArrayList<>(args);
      schema.addAll(List.of("--sink.jdbc.schema", "other", "--sink.jdbc.create-tables", "true"));
      assertRefused(schema, of + " belongs to other tables");
      List<String> mode = new ArrayList<>(args);
      mode.set(mode.indexOf("--response-mode") + 1, ResponseMode.ADDRESSED_AGENT.code());
      assertRefused(mode, "tbl_result in schema public");

      assertThat(snapshots()).isEqualTo(before);
      assertThat(rows(database)).isEqualTo(sessions(messages));
      assertThat(rows(other)).isEmpty();
      assertThat(other.strings("select count(*) from tbl_writer")).containsExactly("0");
      assertThat(database.strings("select nspname from pg_namespace where nspname = 'other'"))
          .isEmpty();
      Script.Outcome again = InProcess.runLocal(args);
      assertThat(again.exitCode()).as("%s", again).isZero();
      assertThat(again.out()).contains("\nall runs: conservation: true (read 100 =");
    }
  }

  /** The folder, and one that a run of somebody else has made in it. */
  @ParameterizedTest
  @ValueSource(strings = {"", "checkpoints", "savepoints"})
  void aFolderWithoutRightsIsRefused(String part) throws Exception {
    Path state = Files.createDirectories(folder.resolve("state"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path closed = Files.createDirectories(state.resolve(part));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      Path file = write("1.jsonl", around(1, MIDNIGHT, 10));
      try (Script script =
          Script.start(
              unprivileged(closed),
              "run-local",
              folder,
              Map.of(
                  "TMPDIR",
                  folder.toString(),
                  Script.JAVA_OPTIONS,
                  "%s -Dlog.file=%s".formatted(Script.javaOptions(), folder.resolve("run.log"))),
              arguments(database, file))) {
        Script.Outcome outcome = script.outcome();
        assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
            .hasLineCount(1)
            .startsWith("--state: ")
            .contains(closed.toString(), "may write");
      }
      assertThat(database.strings("select count(*) from tbl_writer")).containsExactly("0");
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** What a command begins with to run without root's rights; nothing if there are none. */
  private static List<String> unprivileged(Path closed) throws Exception {
    if (!Files.isReadable(closed)) {
      return List.of();
    }
    List<String> setpriv = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    List<String> reads = new ArrayList<>(setpriv);
    reads.addAll(List.of("ls", "../../scripts", "target/lib", closed.getParent().toString()));
    boolean works;
    try {
      works =
          new ProcessBuilder(reads)
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                  .start()
                  .waitFor()
              == 0;
    } catch (IOException e) {
      works = false;
    }
    assumeTrue(
        works, "root may write everywhere, and setpriv starts nothing here for another user");
    return setpriv;
  }

  private void assertRefused(List<String> args, String line) throws Exception {
    Script.Outcome outcome = InProcess.runLocal(args);
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(2);
    assertThat(outcome.err()).hasLineCount(1).startsWith(line);
    assertThat(outcome.out()).isEmpty();
  }

  /** All messages of some days, each with those that came on that day. */
  private static List<List<Message>> nights(long seed) {
    Map<Long, List<Message>> byDay = new TreeMap<>();
    for (int night = 1; night < NIGHTS; night++) {
      long midnight = MIDNIGHT + night * DAY;
      List<Message> messages = around(seed * NIGHTS + night, midnight, 200);
      byDay
          .computeIfAbsent(midnight - DAY, day -> new ArrayList<>())
          .addAll(messages.subList(0, 100));
      byDay.computeIfAbsent(midnight, day -> new ArrayList<>()).addAll(messages.subList(100, 200));
    }
    return List.copyOf(byDay.values());
  }

  /** Messages of the minutes around a time, in the order in which they came. */
  private static List<Message> around(long seed, long time, int count) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    long span = TimeUnit.MINUTES.toMicros(20);
    Map<Long, Message> byArrival = new TreeMap<>();
    while (byArrival.size() < count) {
      long ts = time - span / 2 + random.nextLong(span);
      long arrival = ts + random.nextLong(TimeUnit.MICROSECONDS.convert(BOUND));
      byArrival.put(
          arrival,
          random.nextInt(10) == 0
              ? Message.close(random.nextLong(1, 4), random.nextLong(30), ts)
              : new Message(
                  random.nextLong(1, 4), random.nextLong(30), ts, random.nextBoolean(), false));
    }
    return List.copyOf(byArrival.values());
  }

  private Path write(String name, List<Message> messages) throws IOException {
    Path parent = Files.createDirectories(folder.resolve("messages"));
    return Files.write(parent.resolve(name), messages.stream().map(MessageJson::of).toList());
  }

  private List<String> arguments(ReplayDatabase database, Path input, String... more) {
    List<String> arguments =
        database.arguments(
            "--state",
            folder.resolve("state").toString(),
            "--source.type",
            "files",
            "--source.files.path",
            input.toString(),
            "--event-time.max-out-of-orderness",
            BOUND.toSeconds() + " s");
    arguments.addAll(List.of(more));
    return arguments;
  }

  /** The complete checkpoints and savepoints in the folder. */
  private List<Path> snapshots() {
    try (Stream<Path> paths = Files.walk(folder.resolve("state"))) {
      return paths.filter(path -> path.endsWith("_metadata")).map(Path::getParent).toList();
    } catch (IOException | UncheckedIOException e) {
      // Not made yet, or changed meanwhile.
      return List.of();
    }
  }

  private static List<String> expected(String results, Collection<Message> read) {
    if (results.equals("live")) {
      return sessions(read);
    }
    long watermark = watermark(read);
    return sessions(read.stream().filter(message -> message.millis() <= watermark).toList());
  }

  private static long watermark(Collection<Message> read) {
    long last = read.stream().max(Comparator.comparingLong(Message::ts)).orElseThrow().millis();
    return last - BOUND.toMillis() - 1;
  }

  private static List<String> sessions(Collection<Message> messages) {
    return WindowQuery.sessions(ResponseMode.ANY_AGENT, messages).stream()
        .map(StateFolderIT::row)
        .collect(Collectors.toList());
  }

  private static String row(Session session) {
    return "%d %d %d %d %d"
        .formatted(
            session.b(),
            session.openedAt(),
            session.asked(),
            session.responder(),
            session.endedAt());
  }

  private static List<String> rows(ReplayDatabase database) throws Exception {
    return database.strings(
        """
        select b, (extract(epoch from b_ts) * 1000000)::bigint, asked_a, a,
          %s
        from tbl_result r order by 1, 2, 3
        """
            .formatted(TestDatabase.endedAt("r")));
  }

  private static long completeThrough(ReplayDatabase database) throws Exception {
    return Long.parseLong(
        database
            .strings(
                "select (extract(epoch from complete_through) * 1000)::bigint from data_complete_through")
            .get(0));
  }
}
