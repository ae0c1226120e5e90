package io.firstresponse.job.domain;

/**
 * The open sessions of a shard in one array of primitives, by open addressing: three longs a
 * session. In addressed-agent mode the agent who was asked is part of the key.
 */
public final class OpenTable implements OpenSessions {

  /** Receives open sessions one by one. */
  @FunctionalInterface
  public interface Visitor<E extends Exception> {
    void accept(long b, long openedAt, long asked) throws E;
  }

  /** Longs a session: customer, time of opening, agent asked. */
  private static final int WORDS = 3;

  private static final int FIRST_CAPACITY = 8;

  /** No message has this time. */
  private static final long NO_SESSION = Long.MIN_VALUE;

  private final ResponseMode mode;
  private long[] words;
  private int size;

  public OpenTable(ResponseMode mode) {
    this.mode = mode;
    this.words = noSessions(FIRST_CAPACITY);
  }

  private static long[] noSessions(int capacity) {
    long[] words = new long[capacity * WORDS];
    for (int at = 1; at < words.length; at += WORDS) {
      words[at] = NO_SESSION;
    }
    return words;
  }

  /** A copy that shares nothing. */
  public OpenTable copy() {
    OpenTable copy = new OpenTable(mode);
    copy.words = words.clone();
    copy.size = size;
    return copy;
  }

  public int size() {
    return size;
  }

  @Override
  public OpenSession get(ConversationKey key) {
    int at = find(key.b(), key.a());
    return words[at + 1] == NO_SESSION ? null : new OpenSession(words[at + 1], words[at + 2]);
  }

  @Override
  public void put(ConversationKey key, OpenSession session) {
    put(key.b(), session.openedAt(), session.asked());
  }

  /** Remembers an open session as {@link #forEach} gave it out. */
  public void put(long b, long openedAt, long asked) {
    int at = find(b, asked);
    if (words[at + 1] == NO_SESSION) {
      size++;
    }
    words[at] = b;
    words[at + 1] = openedAt;
    words[at + 2] = asked;
    if (4 * size > 3 * capacity()) {
      resize(capacity() * 2);
    }
  }

  @Override
  public void remove(ConversationKey key) {
    int gap = find(key.b(), key.a());
    if (words[gap + 1] == NO_SESSION) {
      return;
    }
    size--;
    // Closes the gap, so that whoever comes after it is still found.
    for (int at = after(gap); words[at + 1] != NO_SESSION; at = after(at)) {
      if (distance(home(words[at], words[at + 2]), at) >= distance(gap, at)) {
        System.arraycopy(words, at, words, gap, WORDS);
        gap = at;
      }
    }
    words[gap + 1] = NO_SESSION;
    if (capacity() > FIRST_CAPACITY && 8 * size < capacity()) {
      resize(capacity() / 2);
    }
  }

  /** Shows all open sessions, in no order. */
  public <E extends Exception> void forEach(Visitor<E> visitor) throws E {
    for (int at = 0; at < words.length; at += WORDS) {
      if (words[at + 1] != NO_SESSION) {
        visitor.accept(words[at], words[at + 1], words[at + 2]);
      }
    }
  }

  private void resize(int capacity) {
    long[] before = words;
    words = noSessions(capacity);
    for (int at = 0; at < before.length; at += WORDS) {
      if (before[at + 1] != NO_SESSION) {
        System.arraycopy(before, at, words, find(before[at], before[at + 2]), WORDS);
      }
    }
  }

  private int capacity() {
    return words.length / WORDS;
  }

  private int find(long b, long a) {
    int at = home(b, a);
    while (words[at + 1] != NO_SESSION && !isKey(at, b, a)) {
      at = after(at);
    }
    return at;
  }

  private boolean isKey(int at, long b, long a) {
    return words[at] == b && (mode == ResponseMode.ANY_AGENT || words[at + 2] == a);
  }

  private int home(long b, long a) {
    return (int) (Shards.mix(mode, b, a) & (capacity() - 1)) * WORDS;
  }

  private int after(int at) {
    return at + WORDS == words.length ? 0 : at + WORDS;
  }

  /** How far a place is behind another one, going round. */
  private int distance(int from, int to) {
    return to >= from ? to - from : to - from + words.length;
  }
}
