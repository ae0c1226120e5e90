package io.firstresponse.connectors.postgres.source;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * The rest of a range of time that is to be read, in microseconds since 1970-01-01T00:00:00Z.
 *
 * @param number which of the splits this is, from 0, in the order of time
 * @param from the first time to read; {@link #BEGINNING} for all
 * @param to the first time that is not read; {@link #NO_END} for endless reading
 * @param untimed whether rows without a time belong to it
 */
record TimeRangeSplit(int number, long from, long to, boolean untimed)
    implements SourceSplit, Serializable {

  static final long BEGINNING = Long.MIN_VALUE;
  static final long NO_END = Long.MAX_VALUE;

  static final Comparator<TimeRangeSplit> BY_TIME = Comparator.comparingInt(TimeRangeSplit::number);

  /**
   * Divides a range into splits of equal length between the first and the last time of a row. Rows
   * before and after those are in the first and the last split.
   *
   * @param atMost how many splits at most
   */
  static List<TimeRangeSplit> cut(long from, long to, long first, long last, int atMost) {
    List<TimeRangeSplit> splits = new ArrayList<>();
    long length = Math.max(1, (last - first + atMost) / atMost);
    long start = from;
    for (long end = first + length; end <= last && end < to; end += length) {
      splits.add(new TimeRangeSplit(splits.size(), start, end, start == BEGINNING));
      start = end;
    }
    splits.add(new TimeRangeSplit(splits.size(), start, to, start == BEGINNING));
    return splits;
  }

  boolean isEndless() {
    return to == NO_END;
  }

  /** The rest of the split from a position on. */
  TimeRangeSplit at(long position) {
    return new TimeRangeSplit(number, position, to, untimed);
  }

  @Override
  public String splitId() {
    return Integer.toString(number);
  }
}
