package io.firstresponse.job.domain;

/** For batch mode, where all messages of a key are settled at once and never again. */
public final class NoOpenSessions implements OpenSessions {

  @Override
  public OpenSession get(ConversationKey key) {
    return null;
  }

  @Override
  public void put(ConversationKey key, OpenSession session) {}

  @Override
  public void remove(ConversationKey key) {}
}
