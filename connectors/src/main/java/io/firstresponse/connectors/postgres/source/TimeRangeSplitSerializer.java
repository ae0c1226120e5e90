package io.firstresponse.connectors.postgres.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Version 1 of a split: number (int), from (long), to (long), untimed (byte), big-endian. */
final class TimeRangeSplitSerializer implements SimpleVersionedSerializer<TimeRangeSplit> {

  private static final int VERSION = 1;

  private final TimeRangeListSerializer lists = new TimeRangeListSerializer();

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(TimeRangeSplit split) {
    return lists.serialize(List.of(split));
  }

  @Override
  public TimeRangeSplit deserialize(int version, byte[] serialized) throws IOException {
    List<TimeRangeSplit> splits = lists.deserialize(version, serialized);
    if (splits.size() != 1) {
      throw new IOException(
          "The state of the PostgreSQL source is damaged: "
              + splits.size()
              + " splits where one should be");
    }
    return splits.get(0);
  }

  static void write(TimeRangeSplit split, ByteBuffer to) {
    to.putInt(split.number())
        .putLong(split.from())
        .putLong(split.to())
        .put((byte) (split.untimed() ? 1 : 0));
  }

  static TimeRangeSplit read(ByteBuffer from) {
    return new TimeRangeSplit(from.getInt(), from.getLong(), from.getLong(), from.get() == 1);
  }
}
