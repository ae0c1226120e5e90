package io.firstresponse.job.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

/** Open sessions in a map. Only those that are there may be forgotten. */
record MapOpenSessions(Map<ConversationKey, OpenSession> sessions) implements OpenSessions {

  @Override
  public OpenSession get(ConversationKey key) {
    return sessions.get(key);
  }

  @Override
  public void put(ConversationKey key, OpenSession session) {
    sessions.put(key, session);
  }

  @Override
  public void remove(ConversationKey key) {
    assertThat(sessions.remove(key)).isNotNull();
  }
}
