package io.firstresponse.job.testing;

import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.domain.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.core.fs.Path;

/**
 * What the job of a golden savepoint reads: the same messages at the same place, wherever and
 * whenever the job goes on.
 */
public interface GoldenInput extends AutoCloseable {

  /** Job options that read it. */
  String[] options();

  /**
   * How many messages follow that say nothing: without end, it takes later ones for the watermark
   * to pass the last. 0 for an input that has an end.
   */
  default int beyond() {
    return 0;
  }

  /** How many messages it may read again, at the most: those alike in the time it had come to. */
  default int again() {
    return 0;
  }

  @Override
  void close() throws Exception;

  /**
   * Puts messages where a kind of source finds them.
   *
   * @param kind as the option {@code source.type} has it
   * @param database where a table of messages belongs
   * @param messages in the order of their arrival
   */
  static GoldenInput of(String kind, TestDatabase database, List<Message> messages)
      throws Exception {
    return switch (kind) {
      case "datagen" -> new Generator();
      case "files" -> new ThreeFiles(messages);
      case "kafka" -> new Topic(messages);
      case "postgres" -> new Table(database, messages);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** Makes them itself. */
  final class Generator implements GoldenInput {

    @Override
    public String[] options() {
      return new String[0];
    }

    @Override
    public void close() {}
  }

  /** One of each kind, of which the job has read the first and a part of the second. */
  final class ThreeFiles implements GoldenInput {

    private static final String FOLDER = "golden:/messages";

    ThreeFiles(List<Message> messages) throws IOException {
      int third = messages.size() / 3;
      Files.createDirectories(GoldenFileSystemFactory.file(new Path(FOLDER)).toPath());
      String header = "a,b,ts,direct\n";
      write("1.csv", header + lines(messages.subList(0, third), ThreeFiles::csv));
      write("2.jsonl", lines(messages.subList(third, 2 * third), MessageJson::of));
      write("3.jsonl.gz", lines(messages.subList(2 * third, messages.size()), MessageJson::of));
    }

    private static String csv(Message message) {
      return "%d,%d,%s,%b"
          .formatted(
              message.a(), message.b(), TestDatabase.instant(message.ts()), message.direct());
    }

    private static String lines(List<Message> messages, Function<Message, String> line) {
      return messages.stream().map(line).collect(Collectors.joining("\n", "", "\n"));
    }

    private static void write(String name, String content) throws IOException {
      OutputStream file =
          Files.newOutputStream(GoldenFileSystemFactory.file(new Path(FOLDER, name)).toPath());
      try (OutputStream out = name.endsWith(".gz") ? new Stored(file) : file) {
        out.write(content.getBytes(StandardCharsets.UTF_8));
      }
    }

    @Override
    public String[] options() {
      return new String[] {"--source.type", "files", "--source.files.path", FOLDER};
    }

    @Override
    public void close() {}
  }

  /** Compressed to the same length by every JVM: the state of a files source knows it. */
  final class Stored extends GZIPOutputStream {

    Stored(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.NO_COMPRESSION);
    }
  }

  /** A topic of two partitions, of each of which the job has read a part. */
  final class Topic implements GoldenInput {

    private static final int PARTITIONS = 2;

    private final TestTopic topic;

    Topic(List<Message> messages) throws Exception {
      topic = TestTopic.named("golden-messages", KafkaBroker.shared(), PARTITIONS, Map.of());
      IntStream.range(0, messages.size()).forEach(i -> topic.send(i % PARTITIONS, messages.get(i)));
      Message last = messages.get(messages.size() - 1);
      // An agent's, to a customer who has asked nothing.
      Message later = new Message(1, -1, last.ts() + 100_000_000, true);
      IntStream.range(0, PARTITIONS).forEach(partition -> topic.send(partition, later));
      topic.flush();
    }

    @Override
    public String[] options() {
      return topic.source();
    }

    @Override
    public int beyond() {
      return PARTITIONS;
    }

    @Override
    public void close() throws Exception {
      try (topic) {
        topic.delete();
      }
    }
  }

  /** The table that the window query reads, which the job reads in four parts. */
  final class Table implements GoldenInput {

    private final TestDatabase database;

    Table(TestDatabase database, List<Message> messages) throws Exception {
      this.database = database;
      database.execute("truncate tbl", "create index on tbl (ts)");
      database.store(messages.stream());
    }

    @Override
    public String[] options() {
      return new String[] {
        "--source.type", "postgres",
        "--source.postgres.url", database.url(),
        "--source.postgres.user", EmbeddedPostgresServer.USER,
        "--source.postgres.to", "2100-01-01",
        "--source.postgres.splits", "4"
      };
    }

    @Override
    public int again() {
      return 10;
    }

    @Override
    public void close() {}
  }
}
