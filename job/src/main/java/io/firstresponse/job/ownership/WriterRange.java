package io.firstresponse.job.ownership;

import java.time.OffsetDateTime;
import java.util.List;
import javax.annotation.Nullable;

/**
 * Some key groups, the attempt that wrote them, and its progress: a row of {@code tbl_writer}
 * without its owner.
 *
 * @param completeThrough the progress; null if it is not known
 * @param reportedAt when it was reported; null if it was not
 */
record WriterRange(
    int first,
    int last,
    long checkpoint,
    String execution,
    int attempt,
    @Nullable OffsetDateTime completeThrough,
    @Nullable OffsetDateTime reportedAt) {

  /** Key groups of which only the progress is known. */
  static WriterRange ofProgress(int first, int last, WriterRange progress) {
    return new WriterRange(first, last, 0, "", 0, progress.completeThrough, progress.reportedAt);
  }

  /** The progress of several ranges together: the least, or unknown if that of one is unknown. */
  static WriterRange progressOf(List<WriterRange> ranges) {
    return ranges.stream()
        .reduce(
            (one, other) ->
                new WriterRange(
                    0,
                    0,
                    0,
                    "",
                    0,
                    earlier(one.completeThrough, other.completeThrough),
                    earlier(one.reportedAt, other.reportedAt)))
        .orElse(new WriterRange(0, 0, 0, "", 0, null, null));
  }

  @Nullable private static OffsetDateTime earlier(
      @Nullable OffsetDateTime one, @Nullable OffsetDateTime other) {
    if (one == null || other == null) {
      return null;
    }
    return one.isBefore(other) ? one : other;
  }

  /** The part of this range from one key group to another; empty if it has none of these. */
  WriterRange cut(int from, int to) {
    return new WriterRange(
        Math.max(first, from),
        Math.min(last, to),
        checkpoint,
        execution,
        attempt,
        completeThrough,
        reportedAt);
  }

  boolean isEmpty() {
    return first > last;
  }
}
