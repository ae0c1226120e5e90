package io.firstresponse.benchmarks.figures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  @Test
  void aRateMovesBeyondItsNoise() throws IOException {
    assertThat(compare(rate(1000), rate(1290))).contains("Nothing moved beyond noise.");
    assertThat(compare(rate(1000), rate(1310))).anyMatch(moved("job_rows_per_s"));
    assertThat(compare(rate(1310), rate(1000))).anyMatch(moved("job_rows_per_s"));
  }

  @Test
  void bytesHaveLessNoise() throws IOException {
    assertThat(compare(bytes(24), bytes(25))).contains("Nothing moved beyond noise.");
    assertThat(compare(bytes(24), bytes(26))).anyMatch(moved("state_bytes_per_buffered_message"));
  }

  @Test
  void someMillisecondsAreNoise() throws IOException {
    assertThat(compare(millis(1), millis(9))).contains("Nothing moved beyond noise.");
    assertThat(compare(millis(0), millis(20))).anyMatch(moved("checkpoint_sync_ms_1m"));
  }

  @Test
  void whatIsNotExactAnyMoreIsShown() throws IOException {
    assertThat(compare(exact(1), exact(1))).contains("Nothing moved beyond noise.");
    assertThat(compare(exact(1), exact(0))).anyMatch(moved("job_exact"));
  }

  @Test
  void pairsHaveLessNoiseWhereAllGoTheSameWay() throws IOException {
    assertThat(compare(rate(1000), rate(1180), rate(2000), rate(2400), rate(500), rate(600)))
        .anyMatch(moved("job_rows_per_s"))
        .contains("1 of 1 figures moved, in 3 pairs of runs.");
    assertThat(compare(rate(1000), rate(2000), rate(1000), rate(990)))
        .contains("Nothing moved beyond noise.");
  }

  @Test
  void whatNotAllRunsHaveIsNamed() throws IOException {
    assertThat(compare(rate(1000), exact(1)))
        .contains("Not in all runs: job_rows_per_s, job_exact");
  }

  @Test
  void keysThatThereAreNoMoreAreNoMatter() throws IOException {
    assertThat(compare("{\"of_old\": 7, \"job_rows_per_s\": 1}", rate(1)))
        .contains("0 of 1 figures moved, in 1 pair of runs.");
  }

  @Test
  void aFileThatIsNotThereIsOneLine() throws IOException {
    Path missing = folder.resolve("missing.json");
    assertThat(print(List.of(file(rate(1)), missing))).isEqualTo(2);
    assertThat(text(errors)).isEqualToIgnoringNewLines(missing + ": there is no such file");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void aFileWithoutFiguresIsOneLine() throws IOException {
    Path other = file("not results");
    assertThat(print(List.of(other, file(rate(1))))).isEqualTo(2);
    assertThat(text(errors))
        .isEqualToIgnoringNewLines(other + " has no figures: it is no results.json");
  }

  private static Predicate<String> moved(String key) {
    return line -> line.startsWith(key + " ");
  }

  private static String rate(double value) {
    return json(Figure.JOB_ROWS_PER_S, value);
  }

  private static String bytes(double value) {
    return json(Figure.STATE_BYTES_PER_BUFFERED_MESSAGE, value);
  }

  private static String millis(double value) {
    return json(Figure.CHECKPOINT_SYNC_MS_1M, value);
  }

  private static String exact(double value) {
    return json(Figure.JOB_EXACT, value);
  }

  private static String json(Figure figure, double value) {
    Results results = new Results();
    results.put(figure, value);
    return results.toJson();
  }

  private Path file(String content) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "results", ".json"), content);
  }

  private int print(List<Path> files) {
    return Comparison.print(
        files,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(errors, true, StandardCharsets.UTF_8));
  }

  private List<String> compare(String... contents) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String content : contents) {
      files.add(file(content));
    }
    out.reset();
    assertThat(print(files)).isZero();
    return Arrays.asList(text(out).split("\n"));
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
