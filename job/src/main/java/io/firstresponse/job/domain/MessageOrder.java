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
 * <p>Two messages that are equal in all three have the same effect, but for the labels of the
 * session that they open. So the order goes on with the labels:
 *
 * <ol start="4">
 *   <li>the key of the label set, as a signed number; a message without labels comes after those
 *       that have some.
 * </ol>
 *
 * <p>Of two messages that are equal in all four one is ignored. The time of arrival takes no part,
 * so that any order of arrival gives the same sessions.
 *
 * <p>Time and kind are packed into one {@code long}. Packed longs compare as the order does; the
 * agent and the labels are kept beside them. The bits below the kind do not belong to the order.
 *
 * <pre>
 *  63                        5 4    3 2      1         0
 * ┌───────────────────────────┬──────┬────────┬───────────┬───────────┐
 * │ microseconds since epoch  │ kind │ labels │ announced │ published │
 * └───────────────────────────┴──────┴────────┴───────────┴───────────┘
 * </pre>
 *
 * <p>Kind is the code of a {@link MessageKind}, or 3 where there is no message. Labels is set if
 * the message has labels: then, and only then, their key is kept beside it, in memory and in
 * checkpoints. The last two bits are marks of live results, see {@link LiveSessions}. The packed
 * form is part of checkpoints, except for {@link #ANNOUNCED}.
 */
public final class MessageOrder {

  /** Mark: the published rows of the key include this message. */
  static final long PUBLISHED = 1;

  /** Mark: the present attempt of the task has published all rows of the message's key. */
  static final long ANNOUNCED = 2;

  /** All marks. */
  static final long MARKS = PUBLISHED | ANNOUNCED;

  /** The message has labels. */
  private static final long LABELS = 4;

  private static final int KIND_SHIFT = 3;
  private static final int TIME_SHIFT = 5;
  private static final long KINDS = 3L << KIND_SHIFT;

  /** The packed form of a free place in memory. */
  static final long NO_MESSAGE = KINDS;

  private MessageOrder() {}

  /**
   * The packed form of a message that has just arrived.
   *
   * @param message the message
   * @return time, kind, and whether it has labels; without marks
   */
  static long pack(Message message) {
    long place = place(message.ts(), message.kind());
    return message.labels() == Message.NO_LABELS ? place : place | LABELS;
  }

  /**
   * Packs time and kind alone.
   *
   * @param ts when the message was sent, in microseconds since the epoch
   * @param kind what it is
   */
  static long place(long ts, MessageKind kind) {
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

  /** Time and kind alone, of a packed form. */
  static long place(long packed) {
    return packed & -(1L << KIND_SHIFT);
  }

  /** The packed form without marks. */
  static long withoutMarks(long packed) {
    return packed & ~MARKS;
  }

  /**
   * Whether the message has labels.
   *
   * @param packed time, kind and marks
   * @return whether the key of its label set is kept beside it
   */
  public static boolean hasLabels(long packed) {
    return (packed & LABELS) != 0;
  }

  /**
   * Compares two messages of one key in the total order, up to their labels.
   *
   * @param packed time and kind of the one; bits that are not part of the order are ignored
   * @param a its agent
   * @param otherPacked time and kind of the other
   * @param otherA its agent
   * @return less than, equal to or greater than 0, as of a comparator
   */
  static int compare(long packed, long a, long otherPacked, long otherA) {
    int order = Long.compare(place(packed), place(otherPacked));
    return order != 0 ? order : Long.compare(a, otherA);
  }

  /**
   * Compares the labels of two messages that are equal in all else.
   *
   * @param labels those of the one
   * @param otherLabels those of the other
   * @return less than, equal to or greater than 0, as of a comparator
   */
  static int compareLabels(long labels, long otherLabels) {
    if (labels == otherLabels) {
      return 0;
    } else if (labels == Message.NO_LABELS || otherLabels == Message.NO_LABELS) {
      return labels == Message.NO_LABELS ? 1 : -1;
    }
    return Long.compare(labels, otherLabels);
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
