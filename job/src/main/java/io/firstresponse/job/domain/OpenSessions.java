package io.firstresponse.job.domain;

import java.io.IOException;

/** The open sessions of a shard. A key has at most one. */
public interface OpenSessions {

  /**
   * The open session of a key.
   *
   * @param key the key
   * @return the session, or null if none is open
   * @throws IOException if the state cannot be accessed
   */
  OpenSession get(ConversationKey key) throws IOException;

  /**
   * Adds or replaces the open session of a key.
   *
   * @param key the key
   * @param session the session
   * @throws IOException if the state cannot be accessed
   */
  void put(ConversationKey key, OpenSession session) throws IOException;

  /**
   * Removes the open session of a key.
   *
   * @param key the key
   * @throws IOException if the state cannot be accessed
   */
  void remove(ConversationKey key) throws IOException;
}
