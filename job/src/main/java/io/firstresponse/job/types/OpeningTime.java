package io.firstresponse.job.types;

import io.firstresponse.job.domain.Message;

/**
 * The time of a session's opening as it is written: it says whether the key of the session's labels
 * follows as another long, so that a session without labels has the same bytes as before there were
 * labels. A time has 59 bits, and those above are equal to its sign. If labels follow, the highest
 * but one is not.
 */
final class OpeningTime {

  private static final long BELOW_SIGN = 1L << 62;

  private OpeningTime() {}

  /** What is written for a time. */
  static long written(long openedAt, long labels) {
    return labels == Message.NO_LABELS ? openedAt : openedAt ^ BELOW_SIGN;
  }

  /** Whether labels follow what was written. */
  static boolean hasLabels(long written) {
    return (written ^ (written << 1)) < 0;
  }

  /** The time, from what was written. */
  static long read(long written) {
    return hasLabels(written) ? written ^ BELOW_SIGN : written;
  }
}
