package io.firstresponse.job.tables;

import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * The first thing that the keyed operator sends to the writers when it recovers: how far the
 * watermark had come in the checkpoint that it starts from. What the tables have from after that is
 * computed again, so each writer first looks at it, and only then writes.
 *
 * <p>An example: at the checkpoint the watermark was at 10:00, and the row of a session that opened
 * at 10:05 was written before the crash. The operator sends the watermark 10:00 before anything
 * else; the writer finds the row, and holds the customer's rows back until the watermark has passed
 * 10:05, or the same row has come again.
 *
 * <p>Without a checkpoint it is {@link #OF_NOTHING}: everything is computed again. A batch that is
 * tried again sends none, for it writes the same rows over those of the attempt before; then the
 * first watermark is the end of time, which is no checkpoint's.
 */
public final class CheckpointWatermark {

  /** No message is behind it. */
  public static final long OF_NOTHING = Long.MIN_VALUE + 1;

  private CheckpointWatermark() {}

  /**
   * Whether an attempt sends it.
   *
   * @param restored whether it starts from a checkpoint
   * @param attempt how many attempts of the task there were before
   * @param batch whether the job runs as a batch, which has no checkpoints
   */
  public static boolean isSent(JobStart start, boolean restored, int attempt, boolean batch) {
    return mayBeSent(start, restored, attempt) && (!batch || start.adopts());
  }

  /** Whether a writer, which does not know whether the job is a batch, has to expect it. */
  static boolean mayBeSent(JobStart start, boolean restored, int attempt) {
    return restored || attempt > 0 || start.adopts();
  }

  /**
   * The watermark to send.
   *
   * @param checkpointed how far it had come, in milliseconds; the least {@code long} for nothing
   */
  public static long of(long checkpointed) {
    return Math.max(checkpointed, OF_NOTHING);
  }

  /** Whether the first watermark that a writer gets may be it. */
  static boolean isOne(long first) {
    return first != Watermark.MAX_WATERMARK.getTimestamp();
  }
}
