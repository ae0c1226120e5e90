package io.firstresponse.job.domain;

/**
 * The open sessions of a shard on the heap: a hash table with open addressing in one array of
 * primitives. In addressed-agent mode the agent who was asked is part of the key.
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
     * @throws E if it fails
     */
    void accept(long b, long openedAt, long asked) throws E;
  }

  /** The longs of a session: customer, time of opening, agent asked. */
  private static final int LONGS = 3;

  private static final int FIRST_CAPACITY = 8;

  /** The time of opening in a free slot; no message has it. */
  private static final long NO_SESSION = Long.MIN_VALUE;

  private final ResponseMode mode;
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

  private static long[] noSessions(int capacity) {
    long[] longs = new long[capacity * LONGS];
    for (int at = 1; at < longs.length; at += LONGS) {
      longs[at] = NO_SESSION;
    }
    return longs;
  }

  /** {@return a copy that shares nothing} */
  public OpenTable copy() {
    OpenTable copy = new OpenTable(mode);
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
    return longs[at + 1] == NO_SESSION ? null : new OpenSession(longs[at + 1], longs[at + 2]);
  }

  @Override
  public void put(ConversationKey key, OpenSession session) {
    put(key.b(), session.openedAt(), session.asked());
  }

  /**
   * Adds or replaces an open session.
   *
   * @param b customer
   * @param openedAt when it was opened, in microseconds since the epoch
   * @param asked the agent to whom the opening message was written
   */
  public void put(long b, long openedAt, long asked) {
    int at = find(b, asked);
    if (longs[at + 1] == NO_SESSION) {
      size++;
    }
    longs[at] = b;
    longs[at + 1] = openedAt;
    longs[at + 2] = asked;
    if (4 * size > 3 * capacity()) {
      resize(capacity() * 2);
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
        System.arraycopy(longs, at, longs, gap, LONGS);
        gap = at;
      }
    }
    longs[gap + 1] = NO_SESSION;
    if (capacity() > FIRST_CAPACITY && 8 * size < capacity()) {
      resize(capacity() / 2);
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
    for (int at = 0; at < longs.length; at += LONGS) {
      if (longs[at + 1] != NO_SESSION) {
        visitor.accept(longs[at], longs[at + 1], longs[at + 2]);
      }
    }
  }

  private void resize(int capacity) {
    long[] before = longs;
    longs = noSessions(capacity);
    for (int at = 0; at < before.length; at += LONGS) {
      if (before[at + 1] != NO_SESSION) {
        System.arraycopy(before, at, longs, find(before[at], before[at + 2]), LONGS);
      }
    }
  }

  private int capacity() {
    return longs.length / LONGS;
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
    return (int) (Shards.mix(mode, b, a) & (capacity() - 1)) * LONGS;
  }

  private int after(int at) {
    return at + LONGS == longs.length ? 0 : at + LONGS;
  }

  /** The distance from one slot to another in the circular array. */
  private int distance(int from, int to) {
    return to >= from ? to - from : to - from + longs.length;
  }
}
