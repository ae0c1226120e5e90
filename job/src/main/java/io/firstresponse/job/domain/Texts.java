package io.firstresponse.job.domain;

/**
 * The texts of a message that the tables of agents, customers and labels keep. They leave the job
 * at the intake: sessions have the keys only.
 *
 * @param agentId the id of the agent, if ids are texts; null if there is none
 * @param customerId the id of the customer, if ids are texts; null if not
 * @param agentName the display name of the agent; null if the message has none
 * @param customerName the display name of the customer; null if the message has none
 * @param labels the label set in its canonical form; null if the message has none
 */
public record Texts(
    String agentId, String customerId, String agentName, String customerName, String labels) {

  /** The texts of a message that has none. */
  public static final Texts NONE = new Texts(null, null, null, null, null);

  /**
   * The texts of a message without labels.
   *
   * @param agentId the id of the agent; null if there is none
   * @param customerId the id of the customer; null if there is none
   * @param agentName the display name of the agent; null if there is none
   * @param customerName the display name of the customer; null if there is none
   * @return {@link #NONE} if all are null
   */
  public static Texts of(String agentId, String customerId, String agentName, String customerName) {
    return of(agentId, customerId, agentName, customerName, null);
  }

  /**
   * The texts of a message.
   *
   * @param agentId the id of the agent; null if there is none
   * @param customerId the id of the customer; null if there is none
   * @param agentName the display name of the agent; null if there is none
   * @param customerName the display name of the customer; null if there is none
   * @param labels the label set in its canonical form; null if there is none
   * @return {@link #NONE} if all are null
   */
  public static Texts of(
      String agentId, String customerId, String agentName, String customerName, String labels) {
    return agentId == null
            && customerId == null
            && agentName == null
            && customerName == null
            && labels == null
        ? NONE
        : new Texts(agentId, customerId, agentName, customerName, labels);
  }

  /** {@return whether there are none} */
  public boolean isEmpty() {
    return agentId == null
        && customerId == null
        && agentName == null
        && customerName == null
        && labels == null;
  }
}
