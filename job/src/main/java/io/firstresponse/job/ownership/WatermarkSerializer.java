package io.firstresponse.job.ownership;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Writes a watermark as eight bytes, big-endian. */
enum WatermarkSerializer implements SimpleVersionedSerializer<Long> {
  INSTANCE;

  private static final int VERSION = 1;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(Long watermark) {
    return ByteBuffer.allocate(Long.BYTES).putLong(watermark).array();
  }

  @Override
  public Long deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "This state of a sink was written in format %d, and this release reads format %d. Start it with the release that wrote it, or a later one."
              .formatted(version, VERSION));
    }
    return ByteBuffer.wrap(serialized).getLong();
  }
}
