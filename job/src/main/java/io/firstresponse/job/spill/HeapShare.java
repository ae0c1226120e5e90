package io.firstresponse.job.spill;

import java.io.Closeable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * The number of bytes of the heap that a task of a batch may use before it writes to a temporary
 * file. All such tasks in one process have equal shares.
 */
public final class HeapShare implements LongSupplier, Closeable {

  private static final double MESSAGES = 0.4;
  private static final double SESSIONS = 0.2;

  private static final AtomicInteger WITH_MESSAGES = new AtomicInteger();
  private static final AtomicInteger WITH_SESSIONS = new AtomicInteger();

  private final double share;
  private final AtomicInteger tasks;
  private boolean closed;

  private HeapShare(double share, AtomicInteger tasks) {
    this.share = share;
    this.tasks = tasks;
    tasks.incrementAndGet();
  }

  /** The share for messages that wait for the end of the input. */
  public static HeapShare ofMessages() {
    return new HeapShare(MESSAGES, WITH_MESSAGES);
  }

  /** The share for sessions that are about to be written to the table. */
  public static HeapShare ofSessions() {
    return new HeapShare(SESSIONS, WITH_SESSIONS);
  }

  @Override
  public long getAsLong() {
    return (long) (share * Runtime.getRuntime().maxMemory() / tasks.get());
  }

  /** Gives the share to the other tasks. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      tasks.decrementAndGet();
    }
  }
}
