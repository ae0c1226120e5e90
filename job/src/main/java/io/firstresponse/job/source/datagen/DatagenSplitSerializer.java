package io.firstresponse.job.source.datagen;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Serializes splits, in version 1: ordinal (int), splits (int), next (long), big-endian. */
final class DatagenSplitSerializer implements SimpleVersionedSerializer<DatagenSplit> {

  static final int BYTES = 2 * Integer.BYTES + Long.BYTES;

  private static final int VERSION = 1;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(DatagenSplit split) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    write(split, bytes);
    return bytes.array();
  }

  @Override
  public DatagenSplit deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "The split of the datagen source has version "
              + version
              + "; this release reads version "
              + VERSION);
    }
    if (serialized.length != BYTES) {
      throw new IOException(
          "A datagen split has " + BYTES + " bytes, these are " + serialized.length);
    }
    return read(ByteBuffer.wrap(serialized));
  }

  static void write(DatagenSplit split, ByteBuffer to) {
    to.putInt(split.ordinal()).putInt(split.splits()).putLong(split.next());
  }

  static DatagenSplit read(ByteBuffer from) throws IOException {
    try {
      return new DatagenSplit(from.getInt(), from.getInt(), from.getLong());
    } catch (IllegalArgumentException e) {
      throw new IOException("The stored state of the datagen source is damaged", e);
    }
  }
}
