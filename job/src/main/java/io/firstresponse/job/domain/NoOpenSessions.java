package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.OpenSession;
import io.firstresponse.job.domain.OpenSessions;

/** For batch mode, where all messages of a key are settled at once and never again. */
final class NoOpenSessions implements OpenSessions {

  @Override
  public OpenSession get(ConversationKey key) {
    return null;
  }

  @Override
  public void put(ConversationKey key, OpenSession session) {}

  @Override
  public void remove(ConversationKey key) {}
}
