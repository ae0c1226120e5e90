package io.firstresponse.connectors.postgres.sink;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.ProcessingTimeService;

/** Processing time that passes when a test says so; timers run on the test's thread. */
public final class ManualTime implements ProcessingTimeService {

  private static final class Timer extends FutureTask<Void> implements ScheduledFuture<Void> {
    private final long due;

    Timer(long due, ProcessingTimeCallback callback) {
      super(
          () -> {
            callback.onProcessingTime(due);
            return null;
          });
      this.due = due;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int compareTo(Delayed other) {
      throw new UnsupportedOperationException();
    }
  }

  private final List<Timer> timers = new ArrayList<>();
  private long now;

  @Override
  public long getCurrentProcessingTime() {
    return now;
  }

  @Override
  public ScheduledFuture<?> registerTimer(long due, ProcessingTimeCallback callback) {
    Timer timer = new Timer(due, callback);
    timers.add(timer);
    return timer;
  }

  /** Moves the time on, and runs what is due. What a timer throws is thrown from here. */
  public void advance(long millis) throws Exception {
    now += millis;
    for (Timer timer : List.copyOf(timers)) {
      if (timer.due <= now) {
        timers.remove(timer);
        timer.run();
        if (!timer.isCancelled()) {
          timer.get();
        }
      }
    }
  }
}
