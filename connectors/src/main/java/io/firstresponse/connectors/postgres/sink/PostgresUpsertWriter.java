package io.firstresponse.connectors.postgres.sink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.operators.ProcessingTimeService;

/**
 * Gathers rows and sends them in batches: when there are enough, when the first one has waited long
 * enough, and at each checkpoint. Everything runs on the task's thread. Rows that have not been
 * sent when the task ends are sent again by the recovery.
 */
final class PostgresUpsertWriter<T> implements GuardedWriter<T> {

  /** How often progress is recorded at most; at each checkpoint in addition. */
  private static final long PROGRESS_MILLIS = 1_000;

  /** How often a writer without progress records that it is running. */
  private static final long ALIVE_MILLIS = 20_000;

  /** A writer that has nothing to do claims the right to write after this time. */
  private static final long CLAIM_MILLIS = 2_000;

  private final BatchSender<T> sender;
  private final ProcessingTimeService time;
  private final BatchSize size;
  private final BatchWait wait;
  private final List<T> rows = new ArrayList<>();
  private Optional<Future<?>> batchTimer = Optional.empty();
  private Optional<Future<?>> progressTimer = Optional.empty();
  private Optional<Future<?>> aliveTimer;
  private boolean claimed;
  private long nextProgress = Long.MIN_VALUE;
  private long nextAlive;
  // Whether the last row ended its group.
  private boolean groupEnded = true;
  // Whether the rows have waited long enough, but the last group has not ended.
  private boolean overdue;
  private boolean ended;

  PostgresUpsertWriter(
      BatchSender<T> sender, ProcessingTimeService time, BatchSize size, BatchWait wait) {
    this.sender = sender;
    this.time = time;
    this.size = size;
    this.wait = wait;
    this.aliveTimer = aliveIn(CLAIM_MILLIS);
  }

  @Override
  public void claim() throws IOException, InterruptedException {
    if (!claimed) {
      // A failure here ends the writer, as that of a batch does.
      ended = true;
      sender.claim();
      ended = false;
      claimed = true;
      nextAlive = time.getCurrentProcessingTime() + ALIVE_MILLIS / 2;
    }
  }

  @Override
  public void write(T row, Context context) throws IOException, InterruptedException {
    checkNotEnded();
    claim();
    rows.add(row);
    groupEnded = sender.endsGroup(row);
    if (groupEnded && (overdue || rows.size() >= size.rows())) {
      send();
    } else if (batchTimer.isEmpty()) {
      long due = time.getCurrentProcessingTime() + wait.millis();
      batchTimer = Optional.of(time.registerTimer(due, this::onBatchTimer));
    }
  }

  /** Progress is recorded also when there are no rows. */
  @Override
  public void writeWatermark(Watermark mark) throws IOException, InterruptedException {
    claim();
    sender.reached(mark.getTimestamp());
    if (progressTimer.isEmpty() && sender.isAhead()) {
      long due = Math.max(time.getCurrentProcessingTime() + PROGRESS_MILLIS, nextProgress);
      progressTimer = Optional.of(time.registerTimer(due, this::onProgressTimer));
    }
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    checkNotEnded();
    claim();
    send(true);
    sender.expectNew();
  }

  /** Gives the connection up, and writes nothing: unsent rows came after the last checkpoint. */
  @Override
  public void close() {
    ended = true;
    rows.clear();
    batchTimer.ifPresent(future -> future.cancel(false));
    progressTimer.ifPresent(future -> future.cancel(false));
    aliveTimer.ifPresent(future -> future.cancel(false));
    sender.close();
  }

  // A batch that is sent earlier leaves the timer as it is, so a later row may be sent early.
  private void onBatchTimer(long timestamp) throws IOException, InterruptedException {
    batchTimer = Optional.empty();
    if (!ended) {
      if (groupEnded) {
        send();
      } else {
        overdue = true;
      }
    }
  }

  private void onProgressTimer(long timestamp) throws IOException, InterruptedException {
    progressTimer = Optional.empty();
    if (!ended && sender.isAhead()) {
      if (groupEnded) {
        send(true);
      } else {
        overdue = true;
      }
    }
  }

  private Optional<Future<?>> aliveIn(long millis) {
    return sender.isGuarded()
        ? Optional.of(
            time.registerTimer(time.getCurrentProcessingTime() + millis, this::onAliveTimer))
        : Optional.empty();
  }

  private void onAliveTimer(long timestamp) throws IOException, InterruptedException {
    aliveTimer = Optional.empty();
    if (ended) {
      return;
    }
    claim();
    if (sender.recordsProgress() && !sender.hasRecordedEnd()) {
      recordAliveIfDue();
      aliveTimer = aliveIn(ALIVE_MILLIS);
    }
  }

  /** Called with each batch too: while many rows are sent, timers may not run. */
  private void recordAliveIfDue() throws IOException {
    long now = time.getCurrentProcessingTime();
    if (now >= nextAlive) {
      sender.recordAlive();
      nextAlive = now + ALIVE_MILLIS / 2;
    }
  }

  private void send() throws IOException, InterruptedException {
    send(time.getCurrentProcessingTime() >= nextProgress);
  }

  private void send(boolean mayRecord) throws IOException, InterruptedException {
    boolean records = mayRecord && sender.isAhead();
    if (rows.isEmpty() && !records) {
      return;
    }
    // A failure ends the writer. A recovery writes from the last checkpoint on, so rows that came
    // after the failed ones must not be in the table before it.
    ended = true;
    long start = System.nanoTime();
    sender.send(rows, records);
    long nanos = System.nanoTime() - start;
    size.took(rows.size(), nanos);
    wait.took(nanos);
    if (records) {
      long now = time.getCurrentProcessingTime();
      nextProgress = now + PROGRESS_MILLIS;
      nextAlive = now + ALIVE_MILLIS / 2;
    } else if (sender.recordsProgress() && !sender.hasRecordedEnd()) {
      recordAliveIfDue();
    }
    rows.clear();
    overdue = false;
    ended = false;
  }

  private void checkNotEnded() {
    if (ended) {
      throw new IllegalStateException("this writer has failed or was closed, and writes no more");
    }
  }
}
