package io.firstresponse.system.chaos;

import io.firstresponse.job.domain.Message;
import java.util.List;

/** The input that a chaos run sends its messages to, and the job options that read it. */
interface ChaosInput extends AutoCloseable {

  /** The options of the source. */
  List<String> options();

  /**
   * The number of parts of the input, such as partitions. Messages are in order within a part only.
   */
  int lanes();

  /** Whether the job reads messages that are sent too late. */
  default boolean takesLateMessages() {
    return true;
  }

  /** Whether the job reads each record once; otherwise it may read some of them again. */
  default boolean deliversOnce() {
    return true;
  }

  /** Sends a message; it is visible at the latest after {@link #complete}. */
  void send(int lane, Message message) throws Exception;

  /** Makes pending messages visible if they are due. Called about every ten milliseconds. */
  void flush() throws Exception;

  /** Makes all messages visible. */
  void complete() throws Exception;

  /**
   * The number of records that the input has received: each message sent, and copies made by
   * retries.
   */
  long records() throws Exception;
}
