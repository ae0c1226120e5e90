package io.firstresponse.system.chaos;

import io.firstresponse.job.domain.Message;
import java.util.List;

/** Where the messages of a chaos run go, and the job options that read them from there. */
interface ChaosInput extends AutoCloseable {

  /** The options of the source. */
  List<String> options();

  /** How many parts the input has whose order among themselves is free, such as partitions. */
  int lanes();

  /** Whether the job sees messages that are sent too late. */
  default boolean takesLateMessages() {
    return true;
  }

  /** Whether the job reads each record once; otherwise it may read some of them again. */
  default boolean deliversOnce() {
    return true;
  }

  /** Sends a message; it is visible at the latest after {@link #complete}. */
  void send(int lane, Message message) throws Exception;

  /** Makes visible what should be by now. Called about every ten milliseconds. */
  void flush() throws Exception;

  /** Makes visible all that was sent. */
  void complete() throws Exception;

  /** How many records the input has had: each message sent, and copies that a retry has made. */
  long records() throws Exception;
}
