package io.firstresponse.job.source.files;

import static io.firstresponse.job.source.files.InputFiles.CSV_HEADER;
import static io.firstresponse.job.source.files.InputFiles.csv;
import static io.firstresponse.job.source.files.InputFiles.gzip;
import static io.firstresponse.job.source.files.InputFiles.json;
import static io.firstresponse.job.source.files.InputFiles.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileReaderTest {

  /** Lines of all sorts: see {@link #UNTIDY_READ}. */
  private static final String UNTIDY =
      "\uFEFF" + json(1) + "\r\n\n" + json(2) + "\n\r\nx\n" + json(3) + "\n \n" + json(4);

  private static final List<Object> UNTIDY_READ =
      List.of(1L, Reason.EMPTY, 2L, Reason.EMPTY, Reason.BAD_JSON, 3L, Reason.EMPTY, 4L);

  @TempDir private Path folder;

  private final InputFiles files = new InputFiles();

  @ParameterizedTest
  @ValueSource(strings = {"f.json", "f.jsonl", "f.NDJSON", "f.json.gz", "f.csv.jsonl.GZ"})
  void readsLinesByTheFilesName(String name) throws IOException {
    write(name, UNTIDY);
    assertThat(InputFiles.summary(read(name))).isEqualTo(UNTIDY_READ);
  }

  @Test
  void tellsWhereEachRecordBegan() throws IOException {
    write("f.json", "\uFEFFé\r\n\n\r\ntruncated{");
    assertThat(read("f.json"))
        .extracting(r -> ((DeadLetter) r).position())
        .containsExactly(3L, 7L, 8L, 10L);
    assertThat(read("f.json"))
        .extracting(r -> text(((DeadLetter) r).raw()))
        .containsExactly("é", "", "", "truncated{");
    assertThat(read("f.json"))
        .extracting(r -> ((DeadLetter) r).origin())
        .containsOnly(folder.resolve("f.json").toString());
    write("f.json.gz", "\uFEFFé\r\n\n\r\ntruncated{");
    assertThat(read("f.json.gz"))
        .extracting(r -> ((DeadLetter) r).position())
        .containsExactly(3L, 7L, 8L, 10L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\uFEFF"})
  void anEmptyFileHoldsNothing(String content) throws IOException {
    for (String name : List.of("f.json", "f.csv")) {
      write(name, content);
      assertThat(read(name)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void readsLinesTheSameHoweverTheFileIsCut(int cuts) throws IOException {
    write("f.json", UNTIDY);
    List<Received> whole = read("f.json");
    int length = UNTIDY.getBytes(StandardCharsets.UTF_8).length;
    Random random = new Random(5);
    for (int first = 1; first < length; first++) {
      int second = cuts == 1 ? length : random.nextInt(first, length) + 1;
      List<Received> parts = new ArrayList<>();
      for (long[] range : new long[][] {{0, first}, {first, second}, {second, length}}) {
        if (range[0] < range[1]) {
          parts.addAll(files.read(files.split(folder.resolve("f.json"), range[0], range[1])));
        }
      }
      assertSame(parts, whole, "cut at " + first + " and " + second);
    }
  }

  @Test
  void readsLinesTheSameCutIntoSingleBytes() throws IOException {
    write("f.json", UNTIDY);
    List<Received> parts = new ArrayList<>();
    for (int i = 0; i < UNTIDY.getBytes(StandardCharsets.UTF_8).length; i++) {
      parts.addAll(files.read(files.split(folder.resolve("f.json"), i, i + 1)));
    }
    assertSame(parts, read("f.json"), "single bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f.json",
        "f.json.gz",
        "f.csv",
        "f.csv.gz",
        "damaged.json.gz",
        "damaged.csv.gz",
        "strange"
      })
  void resumesAfterEveryRecord(String name) throws IOException {
    int limit = 200;
    files.set(MessageOptions.MAX_BYTES, limit);
    String content =
        name.contains("csv")
            ? CSV_HEADER
                + "\r\n"
                + csv(1)
                + "\n\n"
                + csv(2).replace("text", "\"te\r\n\"\"xt\"")
                + "\n"
                + csv(3)
                + "\"open\n"
                + csv(4)
                + "\n"
                + csv(5).replace("text", "\"a\nb\"")
                + "\n"
                + "x".repeat(limit + 1)
                + "\n"
                + csv(6)
                + "\n"
                + csv(7)
                + "\n"
                + csv(8)
                + "\n"
                + csv(9)
            : UNTIDY + "\n" + "x".repeat(limit + 1) + "\n" + json(5) + "\n" + json(6);
    write(name, content);
    if (name.startsWith("damaged")) {
      byte[] whole = gzip(content);
      Files.write(folder.resolve(name), Arrays.copyOf(whole, whole.length - 12));
    }
    List<CheckpointedPosition> positions = new ArrayList<>();
    List<Received> whole = files.read(files.whole(folder.resolve(name)), positions);
    assertThat(whole).isNotEmpty();
    for (int i = 0; i < whole.size(); i++) {
      List<Received> rest =
          files.read(files.whole(folder.resolve(name)).at(positions.get(i), Long.MIN_VALUE));
      assertSame(rest, whole.subList(i + 1, whole.size()), name + " after record " + i);
    }
  }

  @Test
  void resumesInsideEverySplit() throws IOException {
    write("f.json", UNTIDY);
    int length = UNTIDY.getBytes(StandardCharsets.UTF_8).length;
    for (int cut = 1; cut < length; cut++) {
      for (long[] range : new long[][] {{0, cut}, {cut, length}}) {
        var split = files.split(folder.resolve("f.json"), range[0], range[1]);
        List<CheckpointedPosition> positions = new ArrayList<>();
        List<Received> whole = files.read(split, positions);
        for (int i = 0; i < whole.size(); i++) {
          assertSame(
              files.read(split.at(positions.get(i), Long.MIN_VALUE)),
              whole.subList(i + 1, whole.size()),
              "cut at " + cut + " after record " + i);
        }
      }
    }
  }

  @Test
  void handsOverBatchesOfBoundedSize() throws IOException {
    StringBuilder good = new StringBuilder();
    IntStream.range(0, 5_000).forEach(i -> good.append(json(i)).append('\n'));
    write("good.json", good.toString());
    assertThat(files.batchSizes(files.whole(folder.resolve("good.json"))))
        .allMatch(size -> size <= 2_000)
        .hasSizeGreaterThan(2);
    write("bad.json", ("x".repeat(70_000) + "\n").repeat(100));
    assertThat(files.batchSizes(files.whole(folder.resolve("bad.json"))))
        .allMatch(size -> size <= 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"f.json", "f.json.gz", "f.csv"})
  void aLineOf50MegabytesTakesNoSuchMemory(String name) throws IOException {
    String header = name.contains("csv") ? CSV_HEADER + "\n" : "";
    String good = name.contains("csv") ? csv(1) : json(1);
    byte[] before = (header + good + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] after = ("\r\n" + good).getBytes(StandardCharsets.UTF_8);
    int length = 50 * 1024 * 1024;
    byte[] content = new byte[before.length + length + after.length];
    Arrays.fill(content, (byte) '7');
    System.arraycopy(before, 0, content, 0, before.length);
    System.arraycopy(after, 0, content, before.length + length, after.length);
    files.write(folder.resolve(name), content);
    content = null;

    long allocated = InputFiles.allocatedBytes();
    List<Received> received = read(name);
    assertThat(InputFiles.allocatedBytes() - allocated).isLessThan(8L * 1024 * 1024);
    assertThat(InputFiles.summary(received)).containsExactly(1L, Reason.TOO_LONG, 1L);
    DeadLetter letter = (DeadLetter) received.get(1);
    assertThat(letter.position()).isEqualTo(before.length);
    assertThat(letter.length()).isEqualTo(length);
    assertThat(letter.raw()).hasSize(DeadLetter.MAX_RAW_BYTES).containsOnly('7');
    assertThat(letter.detail()).contains("52428800").contains("messages.max-bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void theLimitCountsTheRecordWithoutItsLineEnd(String lineEnd) throws IOException {
    files.set(MessageOptions.MAX_BYTES, json(1).length());
    write("f.json", json(1) + lineEnd + json(1) + " " + lineEnd + json(1));
    List<Received> received = read("f.json");
    assertThat(InputFiles.summary(received)).containsExactly(1L, Reason.TOO_LONG, 1L);
    assertThat(((DeadLetter) received.get(1)).length()).isEqualTo(json(1).length() + 1);
  }

  @Test
  void readsCsvAcrossLineEndsInQuotes() throws IOException {
    write(
        "f.csv",
        "\uFEFF"
            + CSV_HEADER
            + "\r\n"
            + csv(1).replace("text", "\"a\r\n\"\"b\"\"\n\n\"")
            + "\r\n"
            + csv(2).replace("text", "5\" by 4\"")
            + "\n\n"
            + csv(3).replace("text", "\"\"")
            + "\n"
            + csv(4).replace("text", "\"\"\"\n\"\"\"")
            + "\n"
            + csv(5));
    assertThat(InputFiles.summary(read("f.csv"))).containsExactly(1L, 2L, Reason.EMPTY, 3L, 4L, 5L);
  }

  @Test
  void anUnclosedQuoteCostsItsOwnLine() throws IOException {
    StringBuilder content = new StringBuilder(CSV_HEADER + "\n" + csv(0) + "\n");
    content.append(csv(1).replace("text", "\"text")).append('\n');
    for (int i = 2; i < 50_000; i++) {
      content.append(csv(i)).append('\n');
    }
    write("f.csv", content.toString());
    List<Received> received = read("f.csv");
    assertThat(received).hasSize(50_000);
    assertThat(InputFiles.summary(received).subList(0, 4))
        .containsExactly(0L, Reason.BAD_CSV, 2L, 3L);
    assertThat(received.subList(2, received.size())).allMatch(r -> r instanceof Message);
    assertThat(text(((DeadLetter) received.get(1)).raw()))
        .isEqualTo(csv(1).replace("text", "\"text"));
  }

  @Test
  void aHeaderOfNoUseMakesDeadLettersOfAllRecords() throws IOException {
    write("f.csv", "a,b,ts\n" + csv(1) + "\n" + csv(2));
    List<Received> received = read("f.csv");
    assertThat(InputFiles.summary(received))
        .containsExactly(Reason.BAD_CSV, Reason.BAD_CSV, Reason.BAD_CSV);
    assertThat(((DeadLetter) received.get(0)).detail()).contains("\"direct\"");
    assertThat(((DeadLetter) received.get(2)).detail()).contains("header").contains("\"direct\"");
    write("g.csv", "x".repeat(2_000_000) + "\n" + csv(1));
    assertThat(InputFiles.summary(read("g.csv"))).containsExactly(Reason.TOO_LONG, Reason.BAD_CSV);
  }

  @Test
  void readsOneMemberAfterAnotherAndPadding() throws IOException {
    byte[] first = gzip(json(1) + "\n" + json(2).substring(0, 10));
    byte[] second = gzip(json(2).substring(10) + "\n");
    byte[] empty = gzip("");
    Files.write(
        folder.resolve("f.json.gz"),
        InputFiles.concat(first, second, empty, gzip(json(3)), new byte[512]));
    assertThat(InputFiles.summary(read("f.json.gz"))).containsExactly(1L, 2L, 3L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"f.json.gz", "f.csv.gz"})
  void aTruncatedGzipGivesAllThatCameBefore(String name) throws IOException {
    StringBuilder content = new StringBuilder(name.contains("csv") ? CSV_HEADER + "\n" : "");
    Random random = new Random(11);
    for (int i = 0; i < 200; i++) {
      long id = random.nextLong() >>> 1;
      content.append(name.contains("csv") ? csv(id) : json(id)).append('\n');
    }
    write(name, content.toString());
    List<Received> whole = read(name);
    byte[] compressed = gzip(content.toString());
    int most = 0;
    for (int length = 0; length < compressed.length; length += 3) {
      Files.write(folder.resolve(name), Arrays.copyOf(compressed, length));
      List<Received> received = read(name);
      DeadLetter last = (DeadLetter) received.get(received.size() - 1);
      assertThat(last.reason()).as("cut at %d", length).isEqualTo(Reason.BAD_COMPRESSION);
      int complete = received.size() - 1;
      assertSame(received.subList(0, complete), whole.subList(0, complete), "cut at " + length);
      String reported = content.substring(0, (int) last.position()) + text(last.raw());
      assertThat(content.toString()).startsWith(reported);
      assertThat(last.position() == 0 || content.charAt((int) last.position() - 1) == '\n')
          .isTrue();
      assertThat(complete).isGreaterThanOrEqualTo(most);
      most = complete;
    }
    assertThat(most).isEqualTo(200);
  }

  @Test
  void aCorruptGzipEndsWithOneDeadLetter() throws IOException {
    StringBuilder content = new StringBuilder();
    IntStream.range(0, 300).forEach(i -> content.append(json(i * 7919L)).append('\n'));
    byte[] good = gzip(content.toString());
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x55;
      Files.write(folder.resolve("f.json.gz"), bad);
      List<Object> summary = InputFiles.summary(read("f.json.gz"));
      // The header holds bytes that mean nothing here: a time, and on which system it was made.
      if (i < 4 || i > 9) {
        assertThat(summary.get(summary.size() - 1)).as("%d", i).isEqualTo(Reason.BAD_COMPRESSION);
        assertThat(summary.stream().filter(Reason.BAD_COMPRESSION::equals)).hasSize(1);
      }
    }
    Files.write(folder.resolve("f.json.gz"), json(1).getBytes(StandardCharsets.UTF_8));
    assertThat(InputFiles.summary(read("f.json.gz"))).containsExactly(Reason.BAD_COMPRESSION);
    Files.write(
        folder.resolve("f.json.gz"), InputFiles.concat(gzip(json(1) + "\n"), new byte[] {1, 2, 3}));
    assertThat(InputFiles.summary(read("f.json.gz"))).containsExactly(1L, Reason.BAD_COMPRESSION);
  }

  @Test
  void aFileOfUnknownFormatIsOneDeadLetter() throws IOException {
    write("f.parquet", json(1));
    List<Received> received = read("f.parquet");
    assertThat(InputFiles.summary(received)).containsExactly(Reason.UNKNOWN_FORMAT);
    assertThat(((DeadLetter) received.get(0)).detail()).contains("source.files.format");
    files.set(FileOptions.FORMAT, FileOptions.FileFormat.JSON_LINES);
    assertThat(InputFiles.summary(read("f.parquet"))).containsExactly(1L);
  }

  @Test
  void anyBytesGiveAnswersAndTheSameOnesAfterARestore() throws IOException {
    files.set(MessageOptions.MAX_BYTES, 60);
    byte[] significant = "\",\n\r\n\n\"\"a".getBytes(StandardCharsets.US_ASCII);
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] content = new byte[random.nextInt(600)];
      for (int i = 0; i < content.length; i++) {
        content[i] = significant[random.nextInt(significant.length)];
      }
      String name = random.nextBoolean() ? "f.csv" : "f.csv.gz";
      files.write(folder.resolve(name), content);
      List<CheckpointedPosition> positions = new ArrayList<>();
      List<Received> whole = files.read(files.whole(folder.resolve(name)), positions);
      long end = 0;
      for (Received one : whole) {
        DeadLetter letter = (DeadLetter) one;
        assertThat(letter.position()).as("seed %d", seed).isGreaterThanOrEqualTo(end);
        end = letter.position() + letter.length();
      }
      for (int i = 0; i < whole.size(); i++) {
        assertSame(
            files.read(files.whole(folder.resolve(name)).at(positions.get(i), Long.MIN_VALUE)),
            whole.subList(i + 1, whole.size()),
            "seed " + seed + " after record " + i);
      }
    }
  }

  private List<Received> read(String name) throws IOException {
    return files.read(files.whole(folder.resolve(name)));
  }

  private void write(String name, String content) throws IOException {
    files.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertSame(List<Received> actual, List<Received> expected, String what) {
    assertThat(InputFiles.comparable(actual)).as(what).isEqualTo(InputFiles.comparable(expected));
  }
}
