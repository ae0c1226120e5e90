package io.firstresponse.job.domain;

/**
 * When a message was sent and what it is, in one word. Words sort as the total order does, but for
 * the agent: by time, then customer before agent before close.
 *
 * <pre>
 *  63                        5 4    3 2      1         0
 * ┌───────────────────────────┬──────┬────────┬───────────┬───────────┐
 * │ microseconds since epoch  │ kind │ labels │ announced │ published │
 * └───────────────────────────┴──────┴────────┴───────────┴───────────┘
 * </pre>
 *
 * <p>Kind is 0 for a customer's message, 1 for an agent's; 2 is kept for a close, and 3 marks what
 * is no message. Labels is kept for messages that are followed by a word of labels. The last two
 * bits are for live results, see {@link LiveSessions}.
 */
final class PackedTime {

  /** What was published includes the message. It is part of checkpoints. */
  static final long PUBLISHED = 1;

  /** The present attempt has published all rows of the message's key. */
  static final long ANNOUNCED = 2;

  /** Bits that say nothing of the message itself. */
  static final long MARKS = PUBLISHED | ANNOUNCED;

  private static final int KIND_SHIFT = 3;
  private static final int TIME_SHIFT = 5;
  private static final long KINDS = 3L << KIND_SHIFT;
  private static final long AGENT = 1L << KIND_SHIFT;

  /** Stands where there is no message. */
  static final long NO_MESSAGE = KINDS;

  private PackedTime() {}

  static long of(long ts, boolean direct) {
    return (ts << TIME_SHIFT) | (direct ? AGENT : 0);
  }

  /** When, in microseconds. */
  static long ts(long packed) {
    return packed >> TIME_SHIFT;
  }

  /** When, in milliseconds: the resolution of watermarks. */
  static long millis(long packed) {
    return Math.floorDiv(ts(packed), 1000L);
  }

  /** Whether an agent sent it. */
  static boolean direct(long packed) {
    return (packed & KINDS) == AGENT;
  }

  /** The word without what says nothing of the message. */
  static long plain(long packed) {
    return packed & ~MARKS;
  }
}
