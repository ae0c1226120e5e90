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
   * Tells of keys whose messages have arrived since they were last told of.
   *
   * @param keys at most so many
   * @return whether there are more
   */
  boolean tell(int keys) throws IOException;

  /**
   * Takes messages that the watermark has passed.
   *
   * @param due all that wait of each of their keys and were sent up to the watermark
   * @param through the watermark, in milliseconds
   */
  void settle(DueMessages due, long through) throws IOException;

  /** Sessions opened so far by messages that the watermark has passed. */
  long opened();

  /** Sessions answered so far by messages that the watermark has passed. */
  long answered();
}
