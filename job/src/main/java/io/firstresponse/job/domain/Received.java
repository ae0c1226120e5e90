package io.firstresponse.job.domain;

import java.util.List;

/**
 * The result of reading one record: a message, a dead letter with the reason, or the messages that
 * a mapping made of it, several or none.
 */
public sealed interface Received permits Message, DeadLetter, Mapped {

  /** {@return the messages of the record, none of a dead letter} */
  List<Message> messages();
}
