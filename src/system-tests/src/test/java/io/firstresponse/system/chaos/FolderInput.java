package io.firstresponse.system.chaos;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.testing.MessageJson;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.TestLabels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * A watched folder that files are moved into: small and large ones, in all formats, in subfolders,
 * sometimes several at the same time.
 */
final class FolderInput implements ChaosInput {

  /** The format of a file. */
  private enum Kind {
    LINES(".jsonl"),
    ZIPPED_LINES(".jsonl.gz"),
    CSV(".csv");

    private final String ending;

    Kind(String ending) {
      this.ending = ending;
    }
  }

  private static final int FILES_A_FOLDER = 50;
  private static final int LARGE = 3_000;
  private static final int SMALL = 100;

  private final Path folder;
  private final Random random;
  private final List<Message> waiting = new ArrayList<>();
  private final List<Path> hidden = new ArrayList<>();
  private int size;
  private int files;
  private long records;

  /**
   * An input in a folder.
   *
   * @param folder is created
   * @param seed determines the sizes and formats of the files
   */
  FolderInput(Path folder, long seed) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.random = new Random(seed);
    this.size = drawnSize();
  }

  @Override
  public List<String> options() {
    return List.of(
        "--source.type",
        "files",
        "--source.files.path",
        folder.toString(),
        "--source.files.watch-interval",
        "200 ms");
  }

  /** One: files are read in their order. */
  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public void send(int lane, Message message) {
    waiting.add(message);
    records++;
  }

  @Override
  public void flush() throws IOException {
    if (waiting.size() >= size) {
      write();
      // Otherwise the file is moved together with the next one.
      if (random.nextInt(4) > 0) {
        show();
      }
      size = drawnSize();
    }
  }

  @Override
  public void complete() throws IOException {
    if (!waiting.isEmpty()) {
      write();
    }
    show();
  }

  @Override
  public long records() {
    return records;
  }

  /** A size that is mostly small and sometimes that of some seconds of traffic. */
  private int drawnSize() {
    return 1 + random.nextInt(random.nextInt(5) == 0 ? LARGE : SMALL);
  }

  /** Writes the pending messages to a file that the job does not see yet. */
  private void write() throws IOException {
    Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
    Path subfolder = folder.resolve("batch-" + files / FILES_A_FOLDER);
    Files.createDirectories(subfolder);
    Path file = subfolder.resolve(".chat:%d%s".formatted(files, kind.ending));
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(kind == Kind.ZIPPED_LINES ? zipped(text(kind)) : text(kind));
    }
    hidden.add(file);
    files++;
    waiting.clear();
  }

  private byte[] text(Kind kind) {
    StringBuilder text = new StringBuilder();
    if (kind == Kind.CSV) {
      text.append("a,b,ts,direct,closes,labels\n");
    }
    for (Message message : waiting) {
      text.append(kind == Kind.CSV ? row(message) : MessageJson.of(message)).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String row(Message message) {
    boolean labelled = message.labels() != Message.NO_LABELS;
    return "%d,%d,%s,%s,%b,%s"
        .formatted(
            message.a(),
            message.b(),
            TestDatabase.instant(message.ts()),
            message.closes() ? "" : message.direct(),
            message.closes(),
            labelled ? '"' + TestLabels.json(message).replace("\"", "\"\"") + '"' : "");
  }

  private static byte[] zipped(byte[] text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text);
    }
    return bytes.toByteArray();
  }

  private void show() throws IOException {
    for (Path file : hidden) {
      String name = file.getFileName().toString().substring(1);
      Files.move(file, file.resolveSibling(name), StandardCopyOption.ATOMIC_MOVE);
    }
    hidden.clear();
  }

  /** Does nothing: the folder is deleted with that of the test. */
  @Override
  public void close() {}

  @Override
  public String toString() {
    return "files";
  }
}
