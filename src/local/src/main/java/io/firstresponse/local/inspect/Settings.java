package io.firstresponse.local.inspect;

import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.domain.ResponseMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/**
 * What an inspection has to know of the job's options.
 *
 * @param mode who may answer
 * @param epochUnit the unit of times that are numbers
 * @param zone the time zone of times without an offset
 * @param order how the source delivers its splits
 * @param leastBound the shortest bound of disorder to recommend
 * @param now the time of the inspection
 */
public record Settings(
    ResponseMode mode,
    EpochUnit epochUnit,
    ZoneId zone,
    Order order,
    Duration leastBound,
    Instant now) {

  /** How a source delivers its splits, each of which has a watermark of its own. */
  public enum Order {
    /** One after another, as files. */
    ONE_AFTER_ANOTHER,
    /** Side by side, as Kafka's partitions. */
    SIDE_BY_SIDE,
    /** Sorted by time, whatever the order in which messages arrived. */
    SORTED
  }
}
