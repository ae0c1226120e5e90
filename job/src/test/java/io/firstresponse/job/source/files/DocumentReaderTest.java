package io.firstresponse.job.source.files;

import static io.firstresponse.job.source.files.InputFiles.comparable;
import static io.firstresponse.job.source.files.InputFiles.json;
import static io.firstresponse.job.source.files.InputFiles.summary;
import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.source.files.FileOptions.FileFormat;
import io.firstresponse.job.source.files.Records.Found;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentReaderTest {

  private static final String PRETTY = json(2).replace(",", ",\n    ").replace("{", "{\n    ");

  @TempDir Path folder;

  private final InputFiles files = new InputFiles();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1,2,3]",
        "[1, 2 ,\n3]\n",
        " \r\n\t[\n  1,\n  2,\n  3\n]\n\n",
        "[1,\n2,\n3]",
        "[1][2,3]",
        "[1]\n\n[]\n[2]\n[3]",
        "[ ] [1,2,3] [ ]",
        "P\n1 2 3",
      })
  void readsValuesHoweverTheyAreLaidOut(String layout) throws IOException {
    String content = layout;
    for (int id = 3; id >= 1; id--) {
      content = content.replace(Integer.toString(id), "#" + id);
    }
    for (long id = 1; id <= 3; id++) {
      content = content.replace("#" + id, json(id + 10));
    }
    List<Object> expected = new ArrayList<>(List.of(11L, 12L, 13L));
    if (content.startsWith("P")) {
      content = content.replace("P", PRETTY);
      expected.add(0, 2L);
    }
    for (String name : List.of("export.json", "export.json.gz")) {
      assertThat(summary(read(name, content))).as(name).isEqualTo(expected);
      assertThat(summary(read(name, "\uFEFF" + content))).as(name).isEqualTo(expected);
    }
    files.set(FileOptions.FORMAT, FileFormat.JSON);
    assertThat(summary(read("export.txt", content))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`{\"a\":1}`|JSON_LINES",
        "`{\"a\":1}\n{\"a\":2}`|JSON_LINES",
        "`\n {\"a\":\"}\\\"{\"} \r\n{\"a\":2}`|JSON_LINES",
        "`{\"a\":[{},{}]}\n[1]`|JSON_LINES",
        "`{\"a\":1} {\"a\":2}`|JSON",
        "`{\"a\":1}{\"a\":2}`|JSON",
        "`{\n\"a\":1}`|JSON",
        "`{\"a\":\n1}`|JSON",
        "`[{\"a\":1}]`|JSON",
        "`\uFEFF  [`|JSON",
        // A line that is cut inside of a text.
        "`{\"a\":\"x\n{\"a\":2}`|JSON_LINES",
        "`{\"a\":1`|JSON_LINES",
        "`1\n2`|JSON_LINES",
        "` `|JSON_LINES",
      })
  void tellsDocumentsFromLines(String content, FileFormat format) throws IOException {
    assertThat(JsonContent.of(stream(content))).isEqualTo(format);
  }

  @Test
  void onlyJsonFilesAreLookedAt() throws IOException {
    String content = "[" + json(1) + ",\n" + json(2) + "]";
    assertThat(summary(read("lines.jsonl", content)))
        .containsExactly(Reason.BAD_JSON, Reason.BAD_JSON);
    files.set(FileOptions.FORMAT, FileFormat.JSON_LINES);
    assertThat(summary(read("lines.json", content)))
        .containsExactly(Reason.BAD_JSON, Reason.BAD_JSON);
  }

  @Test
  void aLargeDocumentIsNotCut() throws IOException {
    Path lines = folder.resolve("lines.json");
    Path document = folder.resolve("document.json");
    files.write(lines, (json(1) + "\n").repeat(100).getBytes(StandardCharsets.UTF_8));
    files.write(
        document,
        ("[" + String.join(",\n", Collections.nCopies(100, json(1))) + "]")
            .getBytes(StandardCharsets.UTF_8));
    assertThat(files.format().cut(lines.toUri(), Files.size(lines), 1_000)).hasSizeGreaterThan(1);
    List<FilesSplit> splits = files.format().cut(document.toUri(), Files.size(document), 1_000);
    assertThat(splits).hasSize(1);
    assertThat(files.read(splits.get(0))).hasSize(100);
    List<Object> fromParts = new ArrayList<>();
    for (FilesSplit part : files.format().cut(lines.toUri(), Files.size(lines), 1_000)) {
      fromParts.addAll(summary(files.read(part)));
    }
    assertThat(fromParts).hasSize(100).containsOnly(1L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`[1,2,{\"a\":1`|`the file ends inside a value`",
        "`[1,2`|`the file ends inside an array`",
        "`[1,2,`|`the file ends inside an array`",
        "`[1,2 3]`|`two elements have no comma between them`",
        "`[1,2,,3]`|`a value is missing`",
        "`[1,2,]`|`a value is missing`",
        "`[1,2]]`|`a value is missing`",
        "`[1,2],3`|`a value is missing`",
        "`[1,2,{\"a\" 1},3]`|`Unexpected character`",
        "`[1,2,{\"a\":\"x},\n3,\n3,\n3]`|`the file ends inside a value`",
        "`[1,2,{\"a\":{]},3]`|`Unexpected close marker`",
        "`[1,2,oops,3]`|`Unrecognized token 'oops'`",
        "`[1,2,\"text,\n3]`|`Illegal unquoted character`",
      })
  void whatComesBeforeDamageCounts(String layout, String words) throws IOException {
    String content =
        layout
            .replace("1,2", "#1,\n #2")
            .replace("3", "#3")
            .replace("#1", json(11))
            .replace("#2", json(12))
            .replace("#3", json(13));
    for (String name : List.of("export.json", "export.json.gz")) {
      List<Received> received = read(name, content);
      assertThat(summary(received)).containsExactly(11L, 12L, Reason.BAD_JSON);
      DeadLetter letter = (DeadLetter) received.get(2);
      assertThat(letter.detail())
          .contains(words)
          .contains("byte %,d of the file".formatted(letter.position()));
      byte[] all = content.getBytes(StandardCharsets.UTF_8);
      assertThat(letter.position() + letter.length()).isEqualTo(all.length);
      assertThat(letter.raw())
          .isEqualTo(Arrays.copyOfRange(all, (int) letter.position(), all.length));
    }
  }

  @Test
  void damageToTheCompressedStreamIsSaid() throws IOException {
    StringBuilder content = new StringBuilder("[");
    for (int id = 0; id < 20_000; id++) {
      content.append(json(id)).append(",\n");
    }
    byte[] gzip = InputFiles.gzip(content + json(0) + "]");
    Path file = folder.resolve("cut.json.gz");
    Files.write(file, Arrays.copyOf(gzip, gzip.length / 2));
    List<Received> received = files.read(files.whole(file));
    assertThat(received).hasSizeBetween(1_000, 19_000);
    assertThat(((DeadLetter) received.get(received.size() - 1)))
        .satisfies(
            letter -> {
              assertThat(letter.reason()).isEqualTo(Reason.BAD_COMPRESSION);
              assertThat(letter.detail()).contains("the gzip stream ends early");
            });
    assertThat(summary(received.subList(0, received.size() - 1))).doesNotContain(Reason.BAD_JSON);
  }

  @Test
  void aBadElementIsOneDeadLetterAndTheRestIsRead() throws IOException {
    files.set(MessageOptions.MAX_BYTES, 5_000);
    String content =
        String.join(
            ",\n",
            "[1",
            "{\"a\":1}",
            "null",
            "[" + json(9) + "]",
            "{\"x\":" + "[".repeat(1_500) + "]".repeat(1_500) + "}",
            "{\"x\":\"" + "y".repeat(400_000) + "\"}",
            json(1).replace("2018", "9018").replace("1534327700824", "\"9018-01-01T00:00:00Z\""),
            json(7) + "]");
    assertThat(summary(read("export.json", content)))
        .containsExactly(
            Reason.BAD_JSON,
            Reason.MISSING_FIELD,
            Reason.BAD_JSON,
            Reason.BAD_JSON,
            Reason.BAD_JSON,
            Reason.TOO_LONG,
            Reason.FUTURE,
            7L);
  }

  @Test
  void bytesThatAreNoTextAreOneDeadLetter() throws IOException {
    byte[] content = ("[{\"x\":\"?\"},\n" + json(7) + "]").getBytes(StandardCharsets.UTF_8);
    content[7] = (byte) 0xFF;
    Path file = folder.resolve("export.json");
    files.write(file, content);
    assertThat(summary(files.read(files.whole(file)))).containsExactly(Reason.BAD_ENCODING, 7L);
    files.set(FileOptions.FORMAT, FileFormat.JSON);
    files.write(file, ("[" + json(7) + "," + json(8) + "]").getBytes(StandardCharsets.UTF_16));
    assertThat(summary(files.read(files.whole(file)))).containsExactly(Reason.BAD_JSON);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[1,2,3,4]", "1 [2,3] 4", "[1,{\"b\":1},3,oops,4]", "[1,2,3", "[1,2,3 4]", "[]"})
  void goesOnFromEveryPosition(String layout) throws IOException {
    String content = layout;
    for (int id = 4; id >= 1; id--) {
      content = content.replace(Integer.toString(id), "#" + id);
    }
    for (long id = 1; id <= 4; id++) {
      content = content.replace("#" + id, PRETTY.replace("\"a\":2", "\"a\":" + id));
    }
    files.set(FileOptions.FORMAT, FileFormat.JSON);
    Path file = folder.resolve("export.json.gz");
    files.write(file, content.getBytes(StandardCharsets.UTF_8));
    List<CheckpointedPosition> positions = new ArrayList<>();
    List<Received> all = files.read(files.whole(file), positions);
    for (int i = 0; i < positions.size(); i++) {
      FilesSplit rest = files.whole(file).at(positions.get(i), 0);
      assertThat(comparable(files.read(rest)))
          .as("after record %d", i + 1)
          .isEqualTo(comparable(all.subList(i + 1, all.size())));
    }
  }

  @Test
  void aLongArrayIsReadInBoundedMemory() throws IOException {
    long length = 96L * 1024 * 1024;
    long before = InputFiles.allocatedBytes();
    long elements = 0;
    try (JsonValues values = new JsonValues(new EndlessArray(length), 1024 * 1024)) {
      while (values.next() == Found.RECORD) {
        elements++;
      }
      assertThat(values.damage()).isEqualTo("the file ends inside a value");
    }
    assertThat(elements).isGreaterThan(1_000_000);
    assertThat(InputFiles.allocatedBytes() - before).isLessThan(8L * 1024 * 1024);
  }

  @Test
  void aStreamMayGiveItsBytesOneByOne() throws IOException {
    String content = "[" + PRETTY + ", \"te\\\"xt\" ,12e3,{\"a\":[{}]}] true";
    List<String> found = new ArrayList<>();
    try (JsonValues values = new JsonValues(new OneByOne(stream(content)), 1024)) {
      values.skipByteOrderMark();
      while (values.next() == Found.RECORD) {
        found.add(
            new String(values.bytes(), values.from(), values.available(), StandardCharsets.UTF_8));
        assertThat(content.substring((int) values.position()))
            .startsWith(found.get(found.size() - 1));
      }
    }
    assertThat(found).containsExactly(PRETTY, "\"te\\\"xt\"", "12e3", "{\"a\":[{}]}", "true");
  }

  private List<Received> read(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    files.write(file, content.getBytes(StandardCharsets.UTF_8));
    return files.read(files.whole(file));
  }

  private static InputStream stream(String content) {
    return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
  }

  /** One array that is cut at a length. */
  private static final class EndlessArray extends InputStream {

    private static final byte[] ELEMENT =
        " {\"a\": 7, \"b\": [1, {\"c\": \"text, with ] and }\"}],\n  \"ts\": 1534327700824},\n"
            .getBytes(StandardCharsets.UTF_8);

    private final long length;
    private long at;

    EndlessArray(long length) {
      this.length = length;
    }

    @Override
    public int read() {
      if (at == length) {
        return -1;
      }
      int next = at == 0 ? '[' : ELEMENT[(int) ((at - 1) % ELEMENT.length)];
      at++;
      return next;
    }

    @Override
    public int read(byte[] target, int offset, int count) {
      int read = 0;
      for (int next; read < count && (next = read()) >= 0; read++) {
        target[offset + read] = (byte) next;
      }
      return read == 0 && count > 0 ? -1 : read;
    }
  }

  private static final class OneByOne extends FilterInputStream {

    OneByOne(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return super.read(target, offset, Math.min(1, length));
    }
  }
}
