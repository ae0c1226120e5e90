package io.firstresponse.connectors.postgres.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Version 1 of the enumerator's state: splits of version 1, one after the other. */
final class TimeRangeListSerializer implements SimpleVersionedSerializer<List<TimeRangeSplit>> {

  private static final int VERSION = 1;
  private static final int SPLIT_BYTES = Integer.BYTES + 2 * Long.BYTES + 1;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(List<TimeRangeSplit> splits) {
    ByteBuffer bytes = ByteBuffer.allocate(splits.size() * SPLIT_BYTES);
    splits.forEach(split -> TimeRangeSplitSerializer.write(split, bytes));
    return bytes.array();
  }

  @Override
  public List<TimeRangeSplit> deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "The state of the PostgreSQL source has version "
              + version
              + "; this release reads version "
              + VERSION);
    }
    if (serialized.length % SPLIT_BYTES != 0) {
      throw new IOException(
          "The state of the PostgreSQL source ends early, after " + serialized.length + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.wrap(serialized);
    List<TimeRangeSplit> splits = new ArrayList<>();
    while (bytes.hasRemaining()) {
      splits.add(TimeRangeSplitSerializer.read(bytes));
    }
    return splits;
  }
}
