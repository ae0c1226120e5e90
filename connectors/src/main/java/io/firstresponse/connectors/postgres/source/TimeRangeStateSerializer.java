package io.firstresponse.connectors.postgres.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The enumerator's state. Version 2 has the end (long) and the unassigned splits, as {@link
 * TimeRangeListSerializer} writes them; version 1 only has the splits.
 */
final class TimeRangeStateSerializer implements SimpleVersionedSerializer<TimeRangeState> {

  private static final int VERSION = 2;
  private static final int WITHOUT_END = 1;

  private final TimeRangeListSerializer lists = new TimeRangeListSerializer();
  private final long end;

  /**
   * @param end the end for state of version 1
   */
  TimeRangeStateSerializer(long end) {
    this.end = end;
  }

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(TimeRangeState state) {
    byte[] list = lists.serialize(state.unassigned());
    return ByteBuffer.allocate(Long.BYTES + list.length).putLong(state.end()).put(list).array();
  }

  @Override
  public TimeRangeState deserialize(int version, byte[] serialized) throws IOException {
    if (version == WITHOUT_END) {
      return new TimeRangeState(end, lists.deserialize(version, serialized));
    }
    if (version != VERSION || serialized.length < Long.BYTES) {
      throw new IOException(
          "The state of the PostgreSQL source has version %d and %d bytes; this release reads versions 1 to %d"
              .formatted(version, serialized.length, VERSION));
    }
    ByteBuffer bytes = ByteBuffer.wrap(serialized);
    long storedEnd = bytes.getLong();
    byte[] list = new byte[bytes.remaining()];
    bytes.get(list);
    return new TimeRangeState(storedEnd, lists.deserialize(lists.getVersion(), list));
  }
}
