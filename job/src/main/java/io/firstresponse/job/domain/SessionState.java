package io.firstresponse.job.domain;

/**
 * The state machine of a key: the state is whether a session is open, and each message in the total
 * order may open, answer or close a session.
 *
 * <pre>
 *                 customer: opens a session
 *            ┌─────────────────────────────────┐
 *            │                                 ▼
 *        ┌────────┐                        ┌────────┐
 *   ┌───▶│ CLOSED │                        │  OPEN  │◀───┐
 *   │    └────────┘                        └────────┘    │
 *   │      │   ▲                             │     │     │
 *   └──────┘   └─────────────────────────────┘     └─────┘
 *   agent, close:    agent: answers it             customer:
 *   nothing          close: ends it unanswered     nothing
 * </pre>
 */
public enum SessionState {
  /** No session is open. */
  CLOSED(Effect.OPENS, Effect.NONE, Effect.NONE),
  /** A session is open: the customer waits. */
  OPEN(Effect.NONE, Effect.ANSWERS, Effect.CLOSES);

  /** The effect of a message. */
  public enum Effect {
    /** Nothing changes. */
    NONE,
    /** A session opens with the message. */
    OPENS,
    /** The message answers the open session. */
    ANSWERS,
    /** The open session ends without an answer. */
    CLOSES
  }

  private final Effect ofCustomer;
  private final Effect ofAgent;
  private final Effect ofClose;

  SessionState(Effect ofCustomer, Effect ofAgent, Effect ofClose) {
    this.ofCustomer = ofCustomer;
    this.ofAgent = ofAgent;
    this.ofClose = ofClose;
  }

  /**
   * The effect of the next message in order.
   *
   * @param kind what it is
   * @return the effect in this state
   */
  public Effect on(MessageKind kind) {
    return switch (kind) {
      case CUSTOMER -> ofCustomer;
      case AGENT -> ofAgent;
      case CLOSE -> ofClose;
    };
  }
}
