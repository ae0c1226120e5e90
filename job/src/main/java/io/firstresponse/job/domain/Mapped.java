package io.firstresponse.job.domain;

import java.util.List;

/**
 * The result of a mapping of one record, if it is not exactly one message.
 *
 * @param messages all messages and closes of the record, so that they enter the job together
 * @param handovers hand-overs, which have no effect
 */
public record Mapped(List<Message> messages, int handovers) implements Received {

  /** A record of which a mapping makes nothing. */
  public static final Mapped NOTHING = new Mapped(List.of(), 0);

  /**
   * Copies the list.
   *
   * @param messages all messages of the record
   * @param handovers hand-overs
   */
  public Mapped {
    messages = List.copyOf(messages);
  }

  /**
   * The number of messages, closes and hand-overs.
   *
   * @return 0 if the record is skipped
   */
  public int outputs() {
    return messages.size() + handovers;
  }
}
