package io.firstresponse.job.domain;

import java.util.List;

/**
 * The result of a mapping of one record, if it is not exactly one message.
 *
 * @param messages all messages of the record, so that they enter the job together
 * @param events closes and hand-overs, which are no messages
 */
public record Mapped(List<Message> messages, int events) implements Received {

  /** A record of which a mapping makes nothing. */
  public static final Mapped NOTHING = new Mapped(List.of(), 0);

  /**
   * Copies the list.
   *
   * @param messages all messages of the record
   * @param events closes and hand-overs
   */
  public Mapped {
    messages = List.copyOf(messages);
  }

  /**
   * The number of messages and events.
   *
   * @return 0 if the record is skipped
   */
  public int outputs() {
    return messages.size() + events;
  }
}
