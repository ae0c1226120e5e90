package io.firstresponse.local.inspect;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Session;
import java.util.Arrays;
import java.util.OptionalInt;

/** The agents and customers, up to a limit of each. */
final class People {

  /** 9 bytes of each agent, 17 of each customer, and some 24 for the index. */
  static final int LIMIT = 1_000_000;

  private static final byte WROTE = 1;
  private static final byte WAS_WRITTEN_TO = 2;
  private static final byte BOTH = WROTE | WAS_WRITTEN_TO;

  /** The first message of the customer, by time, is an agent's. */
  private static final byte AGENT_FIRST = 4;

  private final IdIndex agents;
  private int[] wrote = new int[16];

  private final IdIndex customers;
  private int[] messages = new int[16];
  private long[] first = new long[16];
  private byte[] flags = new byte[16];

  People() {
    this(LIMIT);
  }

  /**
   * @param limit how many agents, and how many customers
   */
  People(int limit) {
    agents = new IdIndex(limit);
    customers = new IdIndex(limit);
  }

  void take(Message message) {
    if (message.a() != Session.NOBODY) {
      int agent = agents.add(message.a());
      if (agent != IdIndex.NONE) {
        if (agent == wrote.length) {
          wrote = Arrays.copyOf(wrote, 2 * agent);
        }
        wrote[agent] += message.direct() ? 1 : 0;
      }
    }
    int customer = customers.add(message.b());
    if (customer != IdIndex.NONE) {
      take(customer, message);
    }
  }

  private void take(int customer, Message message) {
    if (customer == messages.length) {
      messages = Arrays.copyOf(messages, 2 * customer);
      first = Arrays.copyOf(first, 2 * customer);
      flags = Arrays.copyOf(flags, 2 * customer);
    }
    boolean isFirst = messages[customer]++ == 0 || message.ts() < first[customer];
    int flag = flags[customer] | (message.direct() ? WAS_WRITTEN_TO : WROTE);
    if (isFirst) {
      first[customer] = message.ts();
      flag = message.direct() ? flag | AGENT_FIRST : flag & ~AGENT_FIRST;
    } else if (message.ts() == first[customer] && !message.direct()) {
      // In the order of messages a customer's comes before an agent's of the same time.
      flag &= ~AGENT_FIRST;
    }
    flags[customer] = (byte) flag;
  }

  /** How many agents wrote or were written to. */
  int agents() {
    return agents.size();
  }

  int customers() {
    return customers.size();
  }

  /** Whether there were more agents or customers than the limit. */
  boolean isFull() {
    return agents.isFull() || customers.isFull();
  }

  /** How many agents wrote so many messages or more. */
  int agentsWhoWrote(int least) {
    return (int) Arrays.stream(wrote, 0, agents.size()).filter(count -> count >= least).count();
  }

  /** How many customers wrote and were written to. */
  int customersOfBothDirections() {
    int found = 0;
    for (int i = 0; i < customers.size(); i++) {
      found += (flags[i] & BOTH) == BOTH ? 1 : 0;
    }
    return found;
  }

  /** How many of those heard from an agent before they wrote. */
  int agentWroteFirst() {
    int found = 0;
    for (int i = 0; i < customers.size(); i++) {
      found += (flags[i] & (BOTH | AGENT_FIRST)) == (BOTH | AGENT_FIRST) ? 1 : 0;
    }
    return found;
  }

  /** The number of the customer with the most messages, if there is any customer. */
  OptionalInt busiest() {
    int busiest = IdIndex.NONE;
    for (int i = 0; i < customers.size(); i++) {
      if (busiest == IdIndex.NONE || messages[i] > messages[busiest]) {
        busiest = i;
      }
    }
    return busiest == IdIndex.NONE ? OptionalInt.empty() : OptionalInt.of(busiest);
  }

  /** The id of a customer. */
  long customer(int number) {
    return customers.id(number);
  }

  int messagesOf(int number) {
    return messages[number];
  }
}
