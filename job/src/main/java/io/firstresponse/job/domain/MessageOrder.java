package io.firstresponse.job.domain;

/**
 * The total order of the messages of one key, and the packed form in which a message's place in it
 * is kept. The order decides which message opens a session and which one answers it:
 *
 * <ol>
 *   <li>the time at which the message was sent, in microseconds;
 *   <li>its kind: customer, then agent, then close. So an agent's message answers a customer's of
 *       the same microsecond, and a close at the time of an answer ends nothing;
 *   <li>the agent {@code a}, which decides who of two agents answered first at the same time.
 * </ol>
 *
 * <p>Two messages that are equal in all three have the same effect, and one of them is ignored. The
 * time of arrival takes no part, so that any order of arrival gives the same sessions.
 *
 * <p>Time and kind are packed into one {@code long}. Packed longs compare as the order does; the
 * agent is kept beside them. The marks in the lowest bits do not belong to the order.
 *
 * <pre>
 *  63                        5 4    3 2      1         0
 * ┌───────────────────────────┬──────┬────────┬───────────┬───────────┐
 * │ microseconds since epoch  │ kind │ labels │ announced │ published │
 * └───────────────────────────┴──────┴────────┴───────────┴───────────┘
 * </pre>
 *
 * <p>Kind is the code of a {@link MessageKind}, or 3 where there is no message. Labels is reserved.
 * The last two bits are marks of live results, see {@link LiveSessions}. The packed form is part of
 * checkpoints, except for {@link #ANNOUNCED}.
 */
public final class MessageOrder {

  /** Mark: the published rows of the key include this message. */
  static final long PUBLISHED = 1;

  /** Mark: the present attempt of the task has published all rows of the message's key. */
  static final long ANNOUNCED = 2;

  /** All marks. */
  static final long MARKS = PUBLISHED | ANNOUNCED;

  private static final int KIND_SHIFT = 3;
  private static final int TIME_SHIFT = 5;
  private static final long KINDS = 3L << KIND_SHIFT;

  /** The packed form of a free place in memory. */
  static final long NO_MESSAGE = KINDS;

  private MessageOrder() {}

  /**
   * Packs time and kind, without marks.
   *
   * @param ts when the message was sent, in microseconds since the epoch
   * @param kind what it is
   */
  static long pack(long ts, MessageKind kind) {
    return (ts << TIME_SHIFT) | ((long) kind.code() << KIND_SHIFT);
  }

  /** When the message was sent, in microseconds since the epoch. */
  static long ts(long packed) {
    return packed >> TIME_SHIFT;
  }

  /** When the message was sent, in milliseconds: the resolution of watermarks. */
  static long millis(long packed) {
    return Math.floorDiv(ts(packed), 1000L);
  }

  /** What the message is. */
  static MessageKind kind(long packed) {
    return MessageKind.ofCode((int) ((packed & KINDS) >> KIND_SHIFT));
  }

  /** Time and kind without marks. */
  static long withoutMarks(long packed) {
    return packed & ~MARKS;
  }

  /**
   * Compares two messages of one key in the total order.
   *
   * @param packed time and kind of the one, marks are ignored
   * @param a its agent
   * @param otherPacked time and kind of the other
   * @param otherA its agent
   * @return less than, equal to or greater than 0, as of a comparator
   */
  static int compare(long packed, long a, long otherPacked, long otherA) {
    int order = Long.compare(withoutMarks(packed), withoutMarks(otherPacked));
    return order != 0 ? order : Long.compare(a, otherA);
  }

  /**
   * The packed form as a checkpoint keeps it: without the mark of the present attempt.
   *
   * @param packed time, kind and marks
   * @return the changed form
   */
  public static long stored(long packed) {
    return packed & ~ANNOUNCED;
  }

  /**
   * The packed form of the same message, marked as published.
   *
   * @param packed time, kind and marks
   * @return the changed form
   */
  public static long published(long packed) {
    return packed | PUBLISHED;
  }

  /**
   * Whether the published rows of the key include the message.
   *
   * @param packed time, kind and marks
   * @return whether it has the mark
   */
  public static boolean isPublished(long packed) {
    return (packed & PUBLISHED) != 0;
  }

  /** Whether the present attempt of the task has published all rows of the message's key. */
  static boolean isAnnounced(long packed) {
    return (packed & ANNOUNCED) != 0;
  }
}
