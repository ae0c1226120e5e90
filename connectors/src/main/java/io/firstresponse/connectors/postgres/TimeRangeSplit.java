package io.firstresponse.connectors.postgres;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * What is still to be read of a range of time. Times are microseconds since 1970-01-01T00:00:00Z.
 *
 * @param number which of the splits this is, from 0, in the order of time
 * @param from the first time to read; the least {@code long}: from the beginning
 * @param to the first time not to read; the greatest {@code long}: without end, new rows as they
 *     come
 * @param untimed whether rows without a time belong to it
 */
record TimeRangeSplit(int number, long from, long to, boolean untimed)
    implements SourceSplit, Serializable {

  static final long BEGINNING = Long.MIN_VALUE;
  static final long NO_END = Long.MAX_VALUE;

  static final Comparator<TimeRangeSplit> BY_TIME = Comparator.comparingInt(TimeRangeSplit::number);

  /**
   * Cuts a range into splits that are even between the first and the last time that it holds. What
   * comes before or after those meanwhile is in the first and in the last split.
   *
   * @param atMost how many splits
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

  /** The same split, to be read from a position on. */
  TimeRangeSplit at(long position) {
    return new TimeRangeSplit(number, position, to, untimed);
  }

  @Override
  public String splitId() {
    return Integer.toString(number);
  }
}
