package io.firstresponse.job.domain;

import java.io.IOException;

/** Remembers the customers who wait. A key has one open session at most. */
public interface OpenSessions {

  /** The open session of a key, or null. */
  OpenSession get(ConversationKey key) throws IOException;

  /** Remembers the open session of a key, in the place of the one before. */
  void put(ConversationKey key, OpenSession session) throws IOException;

  /** Forgets the open session of a key. */
  void remove(ConversationKey key) throws IOException;
}
