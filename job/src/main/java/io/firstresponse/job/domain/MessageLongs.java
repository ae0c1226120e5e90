package io.firstresponse.job.domain;

/**
 * A message as longs in a row: time, kind and marks (see {@link MessageOrder}); customer; agent;
 * and the key of its labels, if it has some. Messages follow one another without gaps.
 */
final class MessageLongs {

  /** The longs of a message without labels. */
  static final int LEAST = 3;

  private static final int MOST = LEAST + 1;

  private MessageLongs() {}

  /** How many longs a message has. */
  static int length(long packed) {
    return MessageOrder.hasLabels(packed) ? MOST : LEAST;
  }

  /**
   * Writes a message.
   *
   * @param labels read only if the packed form says that there are some
   * @return the place after it
   */
  static int put(long[] longs, int at, long packed, long b, long a, long labels) {
    longs[at] = packed;
    longs[at + 1] = b;
    longs[at + 2] = a;
    if (MessageOrder.hasLabels(packed)) {
      longs[at + LEAST] = labels;
      return at + MOST;
    }
    return at + LEAST;
  }

  /** The key of a message's labels, or {@link Message#NO_LABELS}. */
  static long labels(long[] longs, int at) {
    return MessageOrder.hasLabels(longs[at]) ? longs[at + LEAST] : Message.NO_LABELS;
  }
}
