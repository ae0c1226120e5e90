package io.firstresponse.job.source.files;

import io.firstresponse.job.decode.Decoding;
import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;

/** Files of messages, and what the format under test reads out of them. */
final class InputFiles {

  static final String CSV_HEADER = "b,a,ts,direct,text";

  private final Configuration options = new Configuration();

  <T> void set(ConfigOption<T> option, T value) {
    options.set(option, value);
  }

  /** A message of agent {@code id}. */
  static String json(long id) {
    return "{\"a\":" + id + ",\"b\":2,\"ts\":1534327700824,\"direct\":true}";
  }

  static String csv(long id) {
    return "2," + id + ",2018-08-15T10:08:20.824Z,t,text";
  }

  static byte[] gzip(String content) throws IOException {
    return gzip(content.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** How many bytes this thread has allocated so far. */
  static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  /** Files whose names give trouble elsewhere, none of them written yet. */
  static List<Path> oddNames(Path folder) {
    return Stream.of(
            // As bytes: whatever the encoding of this process is.
            "messages-2026-11-26T10:00:00",
            "a:b",
            "back%5Cslash",
            "100%25",
            "%2525",
            "a%20b",
            "a%23b",
            "a%3Fb",
            "line%0Aend",
            "caf%C3%A9",
            "caf%E9",
            "%FF%FE",
            "quo%22te",
            "*")
        .map(name -> Path.of(URI.create(folder.toUri() + name + ".json")))
        .toList();
  }

  /** The agents of messages and the reasons of dead letters. */
  static List<Object> summary(List<Received> received) {
    List<Object> summary = new ArrayList<>();
    for (Received one : received) {
      summary.add(one instanceof Message message ? message.a() : ((DeadLetter) one).reason());
    }
    return summary;
  }

  /** The same with the bytes of dead letters by value. */
  static List<Object> comparable(List<Received> received) {
    List<Object> comparable = new ArrayList<>();
    for (Received one : received) {
      comparable.add(
          one instanceof DeadLetter letter
              ? List.of(
                  letter.origin(),
                  letter.position(),
                  letter.reason(),
                  letter.detail(),
                  ByteBuffer.wrap(letter.raw()),
                  letter.length())
              : one);
    }
    return comparable;
  }

  /** Writes the content, compressed if the name says so. */
  void write(Path file, byte[] content) throws IOException {
    boolean compress = file.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
    Files.write(file, compress ? gzip(content) : content);
  }

  FilesSplit whole(Path file) throws IOException {
    return split(file, 0, Files.size(file));
  }

  FilesSplit split(Path file, long from, long to) throws IOException {
    return FilesSplit.part(file.toUri(), from, to - from, Files.size(file));
  }

  List<Received> read(FilesSplit split) throws IOException {
    return read(split, new ArrayList<>());
  }

  /** Reads the split, and adds the position after each record to the list. */
  List<Received> read(FilesSplit split, List<CheckpointedPosition> positions) throws IOException {
    List<Received> received = new ArrayList<>();
    try (BatchReader reader = open(split)) {
      for (Batch batch = reader.readBatch(); batch != null; batch = reader.readBatch()) {
        for (RecordAndPosition<Received> one = batch.nextRecordFromSplit();
            one != null;
            one = batch.nextRecordFromSplit()) {
          received.add(one.getRecord());
          positions.add(new CheckpointedPosition(one.getOffset(), one.getRecordSkipCount()));
        }
      }
    }
    return received;
  }

  List<Integer> batchSizes(FilesSplit split) throws IOException {
    List<Integer> sizes = new ArrayList<>();
    try (BatchReader reader = open(split)) {
      for (Batch batch = reader.readBatch(); batch != null; batch = reader.readBatch()) {
        int size = 0;
        while (batch.nextRecordFromSplit() != null) {
          size++;
        }
        sizes.add(size);
      }
    }
    return sizes;
  }

  private BatchReader open(FilesSplit split) throws IOException {
    return format().open(split);
  }

  FilesFormat format() {
    return new FilesFormat(
        Decoding.from(options, InstantSource.system()),
        options.get(FileOptions.FORMAT),
        (byte) ',',
        options.get(MessageOptions.MAX_BYTES),
        options.get(FileOptions.ON_UNREADABLE));
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(compressed)) {
      out.write(content);
    }
    return compressed.toByteArray();
  }
}
