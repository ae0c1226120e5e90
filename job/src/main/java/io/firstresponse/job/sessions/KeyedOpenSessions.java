package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.OpenSession;
import io.firstresponse.job.domain.OpenSessions;
import java.io.IOException;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.KeyedStateBackend;

/** Open sessions in Flink's keyed state, each under its own key. */
final class KeyedOpenSessions implements OpenSessions {

  private final KeyedStateBackend<ConversationKey> backend;
  private final ValueState<OpenSession> state;
  private ConversationKey entered;

  KeyedOpenSessions(KeyedStateBackend<ConversationKey> backend, ValueState<OpenSession> state) {
    this.backend = backend;
    this.state = state;
  }

  @Override
  public OpenSession get(ConversationKey key) throws IOException {
    enter(key);
    return state.value();
  }

  @Override
  public void put(ConversationKey key, OpenSession session) throws IOException {
    enter(key);
    state.update(session);
  }

  @Override
  public void remove(ConversationKey key) {
    enter(key);
    state.clear();
  }

  /** The very object that was entered last is still entered: nobody else enters keys meanwhile. */
  @SuppressWarnings("ReferenceEquality")
  private void enter(ConversationKey key) {
    if (key != entered) {
      backend.setCurrentKey(key);
      entered = key;
    }
  }
}
