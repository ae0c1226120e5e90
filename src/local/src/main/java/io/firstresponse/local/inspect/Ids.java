package io.firstresponse.local.inspect;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Texts;
import java.util.HashMap;
import java.util.Map;

/** The ids of agents and customers as the feed has them: integers, or the texts of their keys. */
final class Ids {

  private final Map<Long, String> agents = new HashMap<>();
  private final Map<Long, String> customers = new HashMap<>();

  void take(Message message) {
    Texts texts = message.texts();
    take(agents, message.a(), texts.agentId());
    take(customers, message.b(), texts.customerId());
  }

  /** The ids that come after the limit are shown by their keys. */
  private static void take(Map<Long, String> ids, long key, String id) {
    if (id != null && ids.size() < People.LIMIT) {
      ids.putIfAbsent(key, id);
    }
  }

  String agent(long key) {
    return agents.getOrDefault(key, Long.toString(key));
  }

  String customer(long key) {
    return customers.getOrDefault(key, Long.toString(key));
  }
}
