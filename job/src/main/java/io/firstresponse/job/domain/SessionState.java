package io.firstresponse.job.domain;

/**
 * Whether a customer waits for an answer, and what a message does to that.
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
  CLOSED(Effect.OPENS, Effect.NONE),
  OPEN(Effect.NONE, Effect.ANSWERS);

  /** What a message does to the session of its key. */
  public enum Effect {
    NONE,
    OPENS,
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
   */
  public Effect on(boolean direct) {
    return direct ? ofAgent : ofCustomer;
  }
}
