package io.firstresponse.job.domain;

import java.io.IOException;

/** The state of one shard: its waiting messages and its open sessions. */
public interface Shard {

  /**
   * Adds a message that the watermark has not passed.
   *
   * @param message the message
   * @throws IOException if the state cannot be accessed
   */
  void add(Message message) throws IOException;

  /**
   * The messages on the heap: at least those that the watermark has passed, and for live results
   * all that wait.
   *
   * @param watermark in milliseconds: messages sent in this millisecond or before are due
   * @return the messages
   * @throws IOException if the state cannot be accessed
   */
  WaitingMessages dueThrough(long watermark) throws IOException;

  /**
   * Moves all messages that the watermark has passed to {@code due}.
   *
   * @param watermark in milliseconds: messages sent in this millisecond or before are due
   * @param due receives the messages
   * @throws IOException if the state cannot be accessed
   */
  default void takeThrough(long watermark, DueMessages due) throws IOException {
    dueThrough(watermark).takeThrough(watermark, due);
  }

  /** {@return the open sessions} */
  OpenSessions openSessions();

  /**
   * Stores the mark that a message, which is still waiting, has been published.
   *
   * @param packed time, kind and marks, see {@link MessageOrder}
   * @param b customer
   * @param a agent
   * @param labels the key of its label set, or {@link Message#NO_LABELS}
   * @throws IOException if the state cannot be accessed
   */
  void published(long packed, long b, long a, long labels) throws IOException;

  /** {@return whether messages may be waiting for the watermark} */
  boolean waits();
}
