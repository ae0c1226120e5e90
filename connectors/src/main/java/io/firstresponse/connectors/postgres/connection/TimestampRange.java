package io.firstresponse.connectors.postgres.connection;

import org.apache.flink.annotation.Internal;

/**
 * The timestamps that are read and written: those of the years 1 to 9999, in microseconds since
 * 1970-01-01T00:00:00Z. PostgreSQL itself has more years.
 */
@Internal
public final class TimestampRange {

  /** 0001-01-01T00:00:00Z. */
  public static final long EARLIEST_MICROS = -62_135_596_800_000_000L;

  /** 9999-12-31T23:59:59.999999Z. */
  public static final long LATEST_MICROS = 253_402_300_799_999_999L;

  private TimestampRange() {}
}
