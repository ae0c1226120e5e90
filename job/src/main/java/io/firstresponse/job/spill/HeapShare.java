package io.firstresponse.job.spill;

import java.io.Closeable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * How many bytes of the heap a task of a batch may fill with something before it goes on in a file.
 * The tasks of a job that run in one process have equal parts.
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

  /** For messages that wait for the end of the input. */
  public static HeapShare ofMessages() {
    return new HeapShare(MESSAGES, WITH_MESSAGES);
  }

  /** For sessions on their way to the table. Messages make room for them. */
  public static HeapShare ofSessions() {
    return new HeapShare(SESSIONS, WITH_SESSIONS);
  }

  @Override
  public long getAsLong() {
    return (long) (share * Runtime.getRuntime().maxMemory() / tasks.get());
  }

  /** Leaves the share to the others. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      tasks.decrementAndGet();
    }
  }
}
