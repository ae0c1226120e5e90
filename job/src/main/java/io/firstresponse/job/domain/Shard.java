package io.firstresponse.job.domain;

import java.io.IOException;

/** What the job remembers of the customers of a shard, wherever that is kept. */
public interface Shard {

  /** Takes a message in, which the watermark has not passed. */
  void add(Message message) throws IOException;

  /**
   * The messages at hand: all that are due, and whatever else is on the heap. For live results that
   * is all that wait.
   *
   * @param watermark in milliseconds: messages sent in this millisecond or before are due
   */
  WaitingMessages dueThrough(long watermark) throws IOException;

  /**
   * Hands over all messages that the watermark has passed, and keeps them no longer.
   *
   * @param watermark in milliseconds: messages sent in this millisecond or before are due
   */
  default void takeThrough(long watermark, DueMessages due) throws IOException {
    dueThrough(watermark).takeThrough(watermark, due);
  }

  /** Those who wait for an answer. */
  OpenSessions openSessions();

  /** Keeps in mind that a message that goes on waiting has been published. */
  void published(long packed, long b, long a) throws IOException;

  /** Whether messages may wait that the watermark has yet to pass. */
  boolean waits();
}
