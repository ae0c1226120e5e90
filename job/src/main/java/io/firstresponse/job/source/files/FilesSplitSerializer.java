package io.firstresponse.job.source.files;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Serializes splits, in version 1. */
final class FilesSplitSerializer implements SimpleVersionedSerializer<FilesSplit> {

  static final int VERSION = 1;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(FilesSplit split) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(split, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  @Override
  public FilesSplit deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "A split of the files source has version %d; this release reads version %d"
              .formatted(version, VERSION));
    }
    return read(new DataInputStream(new ByteArrayInputStream(serialized)));
  }

  static void write(FilesSplit split, DataOutputStream out) throws IOException {
    writeText(split.file().toString(), out);
    out.writeLong(split.offset());
    out.writeLong(split.length());
    out.writeLong(split.fileLength());
    out.writeBoolean(split.position() != null);
    if (split.position() != null) {
      out.writeLong(split.position().getOffset());
      out.writeLong(split.position().getRecordsAfterOffset());
    }
    out.writeLong(split.watermark());
    out.writeBoolean(split.finished());
    out.writeBoolean(split.unreadable() != null);
    if (split.unreadable() != null) {
      writeText(split.unreadable(), out);
    }
  }

  static FilesSplit read(DataInputStream in) throws IOException {
    return new FilesSplit(
        URI.create(readText(in)),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readBoolean() ? new CheckpointedPosition(in.readLong(), in.readLong()) : null,
        in.readLong(),
        in.readBoolean(),
        in.readBoolean() ? readText(in) : null);
  }

  /** Writes a text of any length; {@code writeUTF} is limited to 64 KB. */
  static void writeText(String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String readText(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }
}
