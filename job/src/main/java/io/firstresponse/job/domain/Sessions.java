package io.firstresponse.job.domain;

import java.io.IOException;

/** Finds the sessions of messages, and says what there is to tell of them. */
public interface Sessions {

  /** A message has arrived that the watermark has not passed. */
  void arrived(long packed, long b, long a);

  /** A message waits that had arrived and been told of before a recovery. */
  void restored(long packed, long b, long a);

  /** A message has arrived too late to count. */
  void late(long b, long a) throws IOException;

  /**
   * Takes messages that the watermark has passed.
   *
   * @param due all that wait of each of their keys and were sent up to the watermark
   */
  void settle(DueMessages due) throws IOException;

  /**
   * Begins to tell of the keys of which there is something to tell.
   *
   * @param soon the watermark, in milliseconds, that is expected before the next turn: what it will
   *     have passed need not be told twice, and may wait for that turn, but not longer
   */
  void beginTurn(long soon);

  /**
   * Tells of keys whose turn it is.
   *
   * @param keys at most so many
   * @param watermark how far it has come, in milliseconds
   * @return whether there are more
   */
  boolean tell(int keys, long watermark) throws IOException;

  /** Sessions opened so far by messages that the watermark has passed. */
  long opened();

  /** Sessions answered so far by messages that the watermark has passed. */
  long answered();
}
