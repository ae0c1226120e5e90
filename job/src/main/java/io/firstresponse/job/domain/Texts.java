package io.firstresponse.job.domain;

/**
 * The texts of a message that the tables of agents and customers keep. They leave the job at the
 * intake: sessions have the keys only.
 *
 * @param agentId the id of the agent, if ids are texts; null if there is none
 * @param customerId the id of the customer, if ids are texts; null if not
 * @param agentName the display name of the agent; null if the message has none
 * @param customerName the display name of the customer; null if the message has none
 */
public record Texts(String agentId, String customerId, String agentName, String customerName) {

  /** The texts of a message that has none. */
  public static final Texts NONE = new Texts(null, null, null, null);

  /**
   * The texts of a message.
   *
   * @param agentId the id of the agent; null if there is none
   * @param customerId the id of the customer; null if there is none
   * @param agentName the display name of the agent; null if there is none
   * @param customerName the display name of the customer; null if there is none
   * @return {@link #NONE} if all are null
   */
  public static Texts of(String agentId, String customerId, String agentName, String customerName) {
    return agentId == null && customerId == null && agentName == null && customerName == null
        ? NONE
        : new Texts(agentId, customerId, agentName, customerName);
  }

  /** {@return whether there are none} */
  public boolean isEmpty() {
    return agentId == null && customerId == null && agentName == null && customerName == null;
  }
}
