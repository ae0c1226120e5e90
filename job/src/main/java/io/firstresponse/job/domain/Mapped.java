package io.firstresponse.job.domain;

import java.util.List;

/**
 * What a mapping made of one record, where that is not exactly one message.
 *
 * @param messages any number of them; all of the record's, so that they enter the job together
 * @param events closes and hand-overs, which are no messages
 */
public record Mapped(List<Message> messages, int events) implements Received {

  /** A record of which a mapping makes nothing. */
  public static final Mapped NOTHING = new Mapped(List.of(), 0);

  public Mapped {
    messages = List.copyOf(messages);
  }

  /** How many messages and events there are; 0: the record was skipped. */
  public int outputs() {
    return messages.size() + events;
  }
}
