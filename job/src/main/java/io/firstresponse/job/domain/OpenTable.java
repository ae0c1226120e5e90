package io.firstresponse.job.domain;

/**
 * The open sessions of a shard on the heap: a hash table with open addressing in one array of
 * primitives. In addressed-agent mode the agent who was asked is part of the key. A session has
 * three longs: customer, time of opening, agent asked. From the first session with labels on, each
 * has a fourth one.
 */
public final class OpenTable implements OpenSessions {

  /**
   * Receives open sessions one by one.
   *
   * @param <E> what it throws
   */
  @FunctionalInterface
  public interface Visitor<E extends Exception> {
    /**
     * Receives a session.
     *
     * @param b customer
     * @param openedAt when it was opened, in microseconds since the epoch
     * @param asked the agent to whom the opening message was written
     * @param labels the key of that message's label set, or {@link Message#NO_LABELS}
     * @throws E if it fails
     */
    void accept(long b, long openedAt, long asked, long labels) throws E;
  }

  private static final int WITHOUT_LABELS = 3;
  private static final int WITH_LABELS = 4;
  private static final int FIRST_CAPACITY = 8;

  /** The time of opening in a free slot; no message has it. */
  private static final long NO_SESSION = Long.MIN_VALUE;

  private final ResponseMode mode;
  // The longs of a session.
  private int each = WITHOUT_LABELS;
  private long[] longs;
  private int size;

  /**
   * An empty table.
   *
   * @param mode who may answer
   */
  public OpenTable(ResponseMode mode) {
    this.mode = mode;
    this.longs = noSessions(FIRST_CAPACITY);
  }

  private long[] noSessions(int capacity) {
    long[] free = new long[capacity * each];
    for (int at = 1; at < free.length; at += each) {
      free[at] = NO_SESSION;
    }
    return free;
  }

  /** {@return a copy that shares nothing} */
  public OpenTable copy() {
    OpenTable copy = new OpenTable(mode);
    copy.each = each;
    copy.longs = longs.clone();
    copy.size = size;
    return copy;
  }

  /** {@return the number of open sessions} */
  public int size() {
    return size;
  }

  @Override
  public OpenSession get(ConversationKey key) {
    int at = find(key.b(), key.a());
    return longs[at + 1] == NO_SESSION
        ? null
        : new OpenSession(longs[at + 1], longs[at + 2], labels(at));
  }

  @Override
  public void put(ConversationKey key, OpenSession session) {
    put(key.b(), session.openedAt(), session.asked(), session.labels());
  }

  /**
   * Adds or replaces an open session.
   *
   * @param b customer
   * @param openedAt when it was opened, in microseconds since the epoch
   * @param asked the agent to whom the opening message was written
   * @param labels the key of that message's label set, or {@link Message#NO_LABELS}
   */
  public void put(long b, long openedAt, long asked, long labels) {
    if (labels != Message.NO_LABELS && each == WITHOUT_LABELS) {
      resize(capacity(), WITH_LABELS);
    }
    int at = find(b, asked);
    if (longs[at + 1] == NO_SESSION) {
      size++;
    }
    longs[at] = b;
    longs[at + 1] = openedAt;
    longs[at + 2] = asked;
    if (each == WITH_LABELS) {
      longs[at + WITHOUT_LABELS] = labels;
    }
    if (4 * size > 3 * capacity()) {
      resize(capacity() * 2, each);
    }
  }

  @Override
  public void remove(ConversationKey key) {
    int gap = find(key.b(), key.a());
    if (longs[gap + 1] == NO_SESSION) {
      return;
    }
    size--;
    // Later entries move forward, so that they are still found.
    for (int at = after(gap); longs[at + 1] != NO_SESSION; at = after(at)) {
      if (distance(home(longs[at], longs[at + 2]), at) >= distance(gap, at)) {
        System.arraycopy(longs, at, longs, gap, each);
        gap = at;
      }
    }
    longs[gap + 1] = NO_SESSION;
    if (capacity() > FIRST_CAPACITY && 8 * size < capacity()) {
      resize(capacity() / 2, each);
    }
  }

  /**
   * Visits all open sessions, in no particular order.
   *
   * @param <E> what the visitor throws
   * @param visitor receives the sessions
   * @throws E if the visitor does
   */
  public <E extends Exception> void forEach(Visitor<E> visitor) throws E {
    for (int at = 0; at < longs.length; at += each) {
      if (longs[at + 1] != NO_SESSION) {
        visitor.accept(longs[at], longs[at + 1], longs[at + 2], labels(at));
      }
    }
  }

  private long labels(int at) {
    return each == WITH_LABELS ? longs[at + WITHOUT_LABELS] : Message.NO_LABELS;
  }

  /** Changes the number of sessions that there is room for, and the longs that each has. */
  private void resize(int capacity, int newEach) {
    long[] before = longs;
    int beforeEach = each;
    each = newEach;
    longs = noSessions(capacity);
    for (int at = 0; at < before.length; at += beforeEach) {
      if (before[at + 1] != NO_SESSION) {
        System.arraycopy(before, at, longs, find(before[at], before[at + 2]), beforeEach);
      }
    }
  }

  private int capacity() {
    return longs.length / each;
  }

  private int find(long b, long a) {
    int at = home(b, a);
    while (longs[at + 1] != NO_SESSION && !isKey(at, b, a)) {
      at = after(at);
    }
    return at;
  }

  private boolean isKey(int at, long b, long a) {
    return longs[at] == b && (mode == ResponseMode.ANY_AGENT || longs[at + 2] == a);
  }

  private int home(long b, long a) {
    return (int) (Shards.mix(mode, b, a) & (capacity() - 1)) * each;
  }

  private int after(int at) {
    return at + each == longs.length ? 0 : at + each;
  }

  /** The distance from one slot to another in the circular array. */
  private int distance(int from, int to) {
    return to >= from ? to - from : to - from + longs.length;
  }
}
