package io.firstresponse.job.ownership;

import java.io.Serializable;
import java.time.OffsetDateTime;

/**
 * How a job starts on its tables, as {@link TableOwnership} decided when it was submitted.
 *
 * @param submitted when that was, by the database's clock: of two jobs the later one writes
 * @param host where that was; empty if it is not known
 * @param tables the identity of the rows that the job writes. It is in the job's state: state of a
 *     job that wrote other rows is refused
 * @param adopts whether the tables have rows that the job's state does not know. Then the job
 *     recovers without a checkpoint: rows that it does not produce are deleted
 * @param bulk whether it may fill an empty {@code tbl_result} without keys, see {@link BulkLoad}
 */
public record JobStart(
    OffsetDateTime submitted, String host, String tables, boolean adopts, boolean bulk)
    implements Serializable {

  /** The start of an operator that runs without tables. */
  public static final JobStart WITHOUT_TABLES =
      new JobStart(OffsetDateTime.MIN, "", "", false, false);
}
