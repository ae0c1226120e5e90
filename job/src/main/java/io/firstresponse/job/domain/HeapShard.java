package io.firstresponse.job.domain;

/**
 * A shard that is completely on the heap: its waiting messages, 32 bytes each, and a table of its
 * open sessions, 24 bytes each; 8 bytes more each where there are labels.
 */
public final class HeapShard implements Shard {

  private final ResponseMode mode;
  private final WaitingMessages waiting;
  private final OpenTable openSessions;

  /**
   * An empty shard.
   *
   * @param mode who may answer
   */
  public HeapShard(ResponseMode mode) {
    this(mode, new WaitingMessages(), new OpenTable(mode));
  }

  private HeapShard(ResponseMode mode, WaitingMessages waiting, OpenTable openSessions) {
    this.mode = mode;
    this.waiting = waiting;
    this.openSessions = openSessions;
  }

  /** {@return a copy to work with, while a snapshot reads this one, which must not be changed} */
  public HeapShard copy() {
    return new HeapShard(mode, waiting.copy(), openSessions.copy());
  }

  /** Prepares for live results, which need all messages of a key. */
  public void prepareForLive() {
    if (!waiting.isIndexed()) {
      waiting.indexKeys(mode);
    }
  }

  /** {@return who may answer} */
  public ResponseMode mode() {
    return mode;
  }

  /** {@return the waiting messages} */
  public WaitingMessages waiting() {
    return waiting;
  }

  @Override
  public void add(Message message) {
    waiting.add(message);
  }

  @Override
  public WaitingMessages dueThrough(long watermark) {
    return waiting;
  }

  @Override
  public OpenTable openSessions() {
    return openSessions;
  }

  /** Does nothing: the message itself has the mark. */
  @Override
  public void published(long packed, long b, long a, long labels) {}

  @Override
  public boolean waits() {
    return waiting.size() > 0;
  }

  /** {@return whether the shard has neither messages nor open sessions} */
  public boolean isEmpty() {
    return waiting.size() == 0 && openSessions.size() == 0;
  }
}
