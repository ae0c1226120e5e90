package io.firstresponse.job.domain;

/**
 * A shard on the heap, all of it at hand: its waiting messages, 32 bytes each, and its open
 * sessions, 24 bytes each in a table by customer.
 */
public final class HeapShard implements Shard {

  private final ResponseMode mode;
  private final WaitingMessages waiting;
  private final OpenTable openSessions;

  /** An empty shard. */
  public HeapShard(ResponseMode mode) {
    this(mode, new WaitingMessages(), new OpenTable(mode));
  }

  private HeapShard(ResponseMode mode, WaitingMessages waiting, OpenTable openSessions) {
    this.mode = mode;
    this.waiting = waiting;
    this.openSessions = openSessions;
  }

  /** A copy to go on with, while this one is read and not changed any more. */
  public HeapShard copy() {
    return new HeapShard(mode, waiting.copy(), openSessions.copy());
  }

  /** Prepares for live results, which need the messages of a key together. */
  public void prepareForLive() {
    if (!waiting.isIndexed()) {
      waiting.indexKeys(mode);
    }
  }

  public ResponseMode mode() {
    return mode;
  }

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

  /** The mark that the message carries is all. */
  @Override
  public void published(long packed, long b, long a) {}

  @Override
  public boolean waits() {
    return waiting.size() > 0;
  }

  public boolean isEmpty() {
    return waiting.size() == 0 && openSessions.size() == 0;
  }
}
