package io.firstresponse.system.chaos;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.source.datagen.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Sends messages to the input at a steady rate, out of order, some of them twice and some far too
 * late. The number of messages sent is the clock of a schedule of faults.
 *
 * <p>Messages that are too late are sent once, and are not copies of others. A late copy of a
 * message that was in time would be in the table of late messages although the message counts.
 */
final class ChaosTraffic implements AutoCloseable {

  static final int RATE = 1_000;

  private static final int ONE_IN = 100;
  private static final int CLOSES_ONE_IN = 20;
  private static final long HOUR_MICROS = 3_600_000_000L;

  private final ChaosInput input;
  private final Workload workload;
  private final long boundMicros;
  private final Random random;
  private final Set<Message> sent = new HashSet<>();
  private final Set<Message> behind = new HashSet<>();
  private final Thread thread = new Thread(this::flow, "chaos-traffic");
  private final AtomicLong delivered = new AtomicLong();
  private volatile boolean ending;
  private volatile Exception failure;
  private long latest = Long.MIN_VALUE;

  /**
   * Starts to send messages.
   *
   * @param bound the out-of-orderness that does not make a message late
   */
  ChaosTraffic(ChaosInput input, Workload workload, Duration bound, long seed) {
    this.input = input;
    this.workload = workload;
    this.boundMicros = bound.toMillis() * 1_000;
    this.random = new Random(seed);
    thread.setDaemon(true);
    thread.start();
  }

  private void flow() {
    long start = System.nanoTime();
    try {
      for (long place = 0; !ending; place++) {
        Message message = closed(workload.message(place), place);
        latest = Math.max(latest, message.ts());
        deliver((int) (place % input.lanes()), message);
        sent.add(message);
        if (input.takesLateMessages() && random.nextInt(ONE_IN) == 0) {
          deliverBehind();
        }
        long due = start + place * TimeUnit.SECONDS.toNanos(1) / RATE;
        if (place % (RATE / 100) == 0) {
          input.flush();
          LockSupport.parkNanos(due - System.nanoTime());
        }
      }
      input.flush();
    } catch (Exception e) {
      failure = e;
    }
  }

  private void deliverBehind() throws Exception {
    Message like = workload.message(random.nextInt(1_000_000));
    long ts = latest - 2 * boundMicros - random.nextLong(10 * boundMicros);
    Message message = closed(new Message(like.a(), like.b(), ts, like.direct()), ts);
    if (!sent.contains(message) && behind.add(message)) {
      deliver(random.nextInt(input.lanes()), message);
    }
  }

  /** Some messages are closes instead. */
  private static Message closed(Message message, long number) {
    return number % CLOSES_ONE_IN == 0
        ? Message.close(message.a(), message.b(), message.ts())
        : message;
  }

  private void deliver(int lane, Message message) throws Exception {
    input.send(lane, message);
    delivered.incrementAndGet();
  }

  /** Waits until this number of further messages has been sent. */
  void pass(long messages) throws Exception {
    long until = delivered.get() + messages;
    Await.until(
        messages + " more messages",
        Duration.ofMinutes(2),
        () -> {
          check();
          return delivered.get() >= until;
        });
  }

  private void check() throws Exception {
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Ends the traffic with a last message in each lane, much later than the others, so that the
   * watermark passes those.
   *
   * @return the number of messages before the last ones
   */
  long end() throws Exception {
    close();
    check();
    // The last messages have to be in a file of their own, after all others.
    input.complete();
    for (int lane = 0; lane < input.lanes(); lane++) {
      input.send(lane, new Message(1, -1, latest + HOUR_MICROS, true));
    }
    input.complete();
    return delivered.get();
  }

  /** The time of the latest message before the last ones, in microseconds. */
  long latest() {
    return latest;
  }

  /** All messages without copies and without the last ones. */
  List<Message> messages() {
    return new ArrayList<>(Stream.concat(sent.stream(), behind.stream()).toList());
  }

  /** Whether a message was sent too late. */
  boolean isBehind(Message message) {
    return behind.contains(message);
  }

  @Override
  public void close() throws InterruptedException {
    ending = true;
    thread.join();
  }
}
