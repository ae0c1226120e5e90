package io.firstresponse.job.domain;

/**
 * The state machine of a key: the state is whether a session is open, and each message in the total
 * order may open or answer a session.
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
 *   agent:           agent: answers it             customer:
 *   nothing                                        nothing
 * </pre>
 */
public enum SessionState {
  /** No session is open. */
  CLOSED(Effect.OPENS, Effect.NONE),
  /** A session is open: the customer waits. */
  OPEN(Effect.NONE, Effect.ANSWERS);

  /** The effect of a message. */
  public enum Effect {
    /** Nothing changes. */
    NONE,
    /** A session opens with the message. */
    OPENS,
    /** The message answers the open session. */
    ANSWERS
  }

  private final Effect ofCustomer;
  private final Effect ofAgent;

  SessionState(Effect ofCustomer, Effect ofAgent) {
    this.ofCustomer = ofCustomer;
    this.ofAgent = ofAgent;
  }

  /**
   * The effect of the next message in order.
   *
   * @param direct whether an agent sent it
   * @return the effect in this state
   */
  public Effect on(boolean direct) {
    return direct ? ofAgent : ofCustomer;
  }
}
