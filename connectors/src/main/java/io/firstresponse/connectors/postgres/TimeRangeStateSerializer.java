package io.firstresponse.connectors.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The enumerator's state: in version 2 the end of the reading (long), then the splits that were not
 * handed out, as {@link TimeRangeListSerializer} writes them; in version 1 only these.
 */
final class TimeRangeStateSerializer implements SimpleVersionedSerializer<TimeRangeState> {

  private static final int VERSION = 2;
  private static final int WITHOUT_END = 1;

  private final TimeRangeListSerializer lists = new TimeRangeListSerializer();
  private final long end;

  /**
   * @param end the end of the reading where the state has none
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
    long was = bytes.getLong();
    byte[] list = new byte[bytes.remaining()];
    bytes.get(list);
    return new TimeRangeState(was, lists.deserialize(lists.getVersion(), list));
  }
}
