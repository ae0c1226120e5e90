package io.firstresponse.job.source.files;

import static io.firstresponse.job.source.files.InputFiles.CSV_HEADER;
import static io.firstresponse.job.source.files.InputFiles.gzip;
import static io.firstresponse.job.source.files.InputFiles.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.PermanentFailure;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.source.files.FileOptions.OnUnreadable;
import io.firstresponse.job.testing.TestCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
// Closing the answers of a job waits for its end, and may be interrupted as any test may.
@SuppressWarnings("try")
class FilesSourceIT {

  private static final int PARALLELISM = 2;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(PARALLELISM);

  /** Makes the running job fail at its next record, once. */
  private static final AtomicBoolean FAIL = new AtomicBoolean();

  @TempDir private Path folder;

  private final Configuration options = new Configuration();

  @Test
  void readsEveryRecordOfAFolderOnce() throws Exception {
    // Larger than one split, so that both readers have a part in it.
    long large = 350_000;
    Files.createDirectories(folder.resolve("sub"));
    write("large.json", lines(0, large, InputFiles::json));
    assertThat(Files.size(folder.resolve("large.json"))).isGreaterThan(16 * 1024 * 1024);
    write("sub/a.csv", CSV_HEADER + "\n" + lines(large, large + 5_000, InputFiles::csv));
    Files.write(
        folder.resolve("sub/b.csv.gz"),
        gzip(CSV_HEADER + "\n" + lines(large + 5_000, large + 9_000, InputFiles::csv)));
    byte[] compressed = gzip(lines(large + 9_000, large + 10_000, InputFiles::json));
    Files.write(folder.resolve("c.jsonl.gz"), compressed);
    Files.write(folder.resolve("damaged.json.gz"), Arrays.copyOf(compressed, 15));
    write("unknown.txt", json(0));
    write("bad.ndjson", "\nnonsense\n{\"a\":1}\n");
    write("_hidden.json", json(0));

    List<String> codes = new ArrayList<>();
    List<Long> ids = new ArrayList<>();
    try (CloseableIterator<String> answers = run(environment())) {
      answers.forEachRemaining(
          answer -> {
            if (Character.isLetter(answer.charAt(0))) {
              codes.add(answer);
            } else {
              ids.add(Long.valueOf(answer));
            }
          });
    }
    assertThat(codes)
        .containsExactlyInAnyOrder(
            "bad-compression", "unknown-format", "empty", "bad-json", "missing-field");
    assertEachOnce(ids, large + 10_000);
  }

  @Test
  void findsFilesThatAppearLaterAndFailuresNeitherLoseNorDouble() throws Exception {
    options.set(FileOptions.WATCH_INTERVAL, Duration.ofMillis(50));
    Configuration flink = new Configuration();
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ZERO);
    flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(flink);
    environment.enableCheckpointing(50);

    long first = 100_000;
    write("1.json", lines(0, first, InputFiles::json));
    List<Long> ids = new ArrayList<>();
    try (CloseableIterator<String> answers = run(environment)) {
      // Results come out with the checkpoint that covers them, so this one is restored from.
      take(answers, 1_000, ids);
      FAIL.set(true);
      // Written elsewhere, then moved, as an operator should.
      write("_2.csv.tmp", CSV_HEADER + "\n" + lines(first, first + 2_000, InputFiles::csv));
      Files.move(folder.resolve("_2.csv.tmp"), folder.resolve("2.csv"));
      take(answers, first + 1_000, ids);
      write("_3.json", lines(first + 2_000, first + 2_500, InputFiles::json));
      Files.move(folder.resolve("_3.json"), folder.resolve("3.json"));
      take(answers, 500, ids);
    }
    assertThat(FAIL).isFalse();
    assertEachOnce(ids, first + 2_500);
  }

  @Test
  void everyNameIsReadAndWhatIsNotIsADeadLetter() throws Exception {
    options.set(FileOptions.ON_UNREADABLE, OnUnreadable.DEAD_LETTER);
    List<Path> names = InputFiles.oddNames(folder);
    for (int i = 0; i < names.size(); i++) {
      Files.writeString(names.get(i), json(i));
    }
    Files.createSymbolicLink(folder.resolve("link.json"), folder.resolve("nothing"));
    Files.createSymbolicLink(folder.resolve("circle"), folder);
    List<String> codes = new ArrayList<>();
    List<Long> ids = new ArrayList<>();
    try (CloseableIterator<String> answers = run(environment())) {
      answers.forEachRemaining(
          answer -> {
            if (answer.equals("unreadable")) {
              codes.add(answer);
            } else {
              ids.add(Long.valueOf(answer));
            }
          });
    }
    assertThat(codes).hasSize(2);
    assertEachOnce(ids, names.size());
  }

  @Test
  void aWatchedFolderWithSomethingUnreadableEndsTheJobOnceAndForAll() throws Exception {
    options.set(FileOptions.WATCH_INTERVAL, Duration.ofMillis(20));
    Configuration flink = new Configuration();
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofDays(1));
    flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1_000);
    write("1.json", json(0) + "\n");
    try (CloseableIterator<String> answers =
        run(StreamExecutionEnvironment.getExecutionEnvironment(flink))) {
      assertThat(answers.next()).isEqualTo("0");
      Files.createSymbolicLink(folder.resolve("2.json"), folder.resolve("nothing"));
      assertThatThrownBy(answers::hasNext)
          .hasStackTraceContaining(PermanentFailure.class.getName())
          .hasStackTraceContaining(folder.resolve("2.json") + " cannot be read");
    }
  }

  private StreamExecutionEnvironment environment() {
    return StreamExecutionEnvironment.getExecutionEnvironment();
  }

  private CloseableIterator<String> run(StreamExecutionEnvironment environment) throws Exception {
    options.set(FileOptions.PATH, folder.toString());
    FilesSource.check(options);
    environment.setParallelism(PARALLELISM);
    environment.getConfig().enableObjectReuse();
    DataStream<String> answers =
        environment
            .fromSource(
                FilesSource.create(
                    options, InstantSource.system(), TypeInformation.of(Received.class)),
                WatermarkStrategy.noWatermarks(),
                "files")
            .map(FilesSourceIT::answer)
            .returns(Types.STRING);
    return answers.executeAndCollect();
  }

  /** The agent of a message, or why there is none. */
  private static String answer(Received received) {
    if (FAIL.compareAndSet(true, false)) {
      throw new IllegalStateException("Failing on purpose, once");
    }
    return received instanceof Message message
        ? Long.toString(message.a())
        : ((DeadLetter) received).reason().code();
  }

  private static void take(CloseableIterator<String> answers, long count, List<Long> ids) {
    for (long i = 0; i < count; i++) {
      ids.add(Long.valueOf(answers.next()));
    }
  }

  private static void assertEachOnce(List<Long> ids, long count) {
    long[] sorted = ids.stream().mapToLong(Long::longValue).sorted().toArray();
    assertThat(sorted).isEqualTo(LongStream.range(0, count).toArray());
  }

  private static String lines(long from, long to, LongFunction<String> line) {
    return LongStream.range(from, to).mapToObj(line).collect(Collectors.joining("\n", "", "\n"));
  }

  private void write(String name, String content) throws IOException {
    Files.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
  }
}
