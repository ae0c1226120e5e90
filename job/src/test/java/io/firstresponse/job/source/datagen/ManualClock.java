package io.firstresponse.job.source.datagen;

import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/** A clock that stands still until it is put forward. */
final class ManualClock implements Pace.Clock {

  private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
  private long now = 1_234_567_890_123L;
  boolean closed;

  void advance(long nanos) {
    now += nanos;
    while (!alarms.isEmpty() && alarms.peek().at <= now) {
      alarms.remove().future.complete(null);
    }
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public CompletableFuture<Void> after(long nanos) {
    Alarm alarm = new Alarm(now + nanos, new CompletableFuture<>());
    alarms.add(alarm);
    return alarm.future;
  }

  @Override
  public void close() {
    closed = true;
  }

  private record Alarm(long at, CompletableFuture<Void> future) implements Comparable<Alarm> {

    @Override
    public int compareTo(Alarm other) {
      return Long.compare(at, other.at);
    }
  }
}
