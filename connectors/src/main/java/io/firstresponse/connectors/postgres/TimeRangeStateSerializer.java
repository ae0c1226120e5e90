package io.firstresponse.connectors.postgres;

import io.firstresponse.connectors.PermanentFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The enumerator's state: in version 2 the end of the reading (long), then the splits that were not
 * handed out, as {@link TimeRangeListSerializer} writes them; in version 1 only these.
 *
 * <p>State of a reading with another end is refused: the splits that were handed out end where that
 * one was to end, so what comes after would be left out, or the reading would never end.
 */
final class TimeRangeStateSerializer implements SimpleVersionedSerializer<List<TimeRangeSplit>> {

  private static final int VERSION = 2;
  private static final int WITHOUT_END = 1;

  private final TimeRangeListSerializer lists = new TimeRangeListSerializer();
  private final long end;

  /**
   * @param end the first time not to read; {@link TimeRangeSplit#NO_END} for reading without end
   */
  TimeRangeStateSerializer(long end) {
    this.end = end;
  }

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(List<TimeRangeSplit> splits) {
    byte[] list = lists.serialize(splits);
    return ByteBuffer.allocate(Long.BYTES + list.length).putLong(end).put(list).array();
  }

  @Override
  public List<TimeRangeSplit> deserialize(int version, byte[] serialized) throws IOException {
    if (version == WITHOUT_END) {
      return lists.deserialize(version, serialized);
    }
    if (version != VERSION || serialized.length < Long.BYTES) {
      throw new IOException(
          "The state of the PostgreSQL source has version %d and %d bytes; this release reads versions 1 to %d"
              .formatted(version, serialized.length, VERSION));
    }
    ByteBuffer bytes = ByteBuffer.wrap(serialized);
    long was = bytes.getLong();
    if (was != end) {
      throw new PermanentFailure(
          "This checkpoint is of a job that reads a PostgreSQL table %s, and this job reads it %s. Go on with the same end, or start without the checkpoint."
              .formatted(text(was), text(end)));
    }
    byte[] list = new byte[bytes.remaining()];
    bytes.get(list);
    return lists.deserialize(lists.getVersion(), list);
  }

  private static String text(long end) {
    return end == TimeRangeSplit.NO_END
        ? "without end"
        : "up to " + Instant.EPOCH.plus(end, ChronoUnit.MICROS);
  }
}
