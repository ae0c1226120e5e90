package io.firstresponse.connectors.postgres;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.operators.ProcessingTimeService;

/**
 * Gathers rows and hands them on in batches: when there are enough, when the first one has waited
 * long enough, and whenever Flink says so. Everything runs on the task's own thread, and what has
 * not been sent when the task ends is left to the recovery.
 */
final class PostgresUpsertWriter<T> implements FencedWriter<T> {

  /** How often it is told how far rows are sent, at most; checkpoints come in addition. */
  private static final long TELLING_MILLIS = 1_000;

  /** How often a writer that has nothing to report says that it is there. */
  private static final long BEAT_MILLIS = 20_000;

  /** A writer that has nothing to do claims its place after this time. */
  private static final long CLAIM_MILLIS = 2_000;

  private final BatchSender<T> sender;
  private final ProcessingTimeService time;
  private final BatchSize size;
  private final BatchWait wait;
  private final List<T> rows = new ArrayList<>();
  private Optional<Future<?>> timer = Optional.empty();
  private Optional<Future<?>> telling = Optional.empty();
  private Optional<Future<?>> beating;
  private boolean claimed;
  private long nextTelling = Long.MIN_VALUE;
  private long nextBeat;
  // Whether the last row completes those before it.
  private boolean complete = true;
  // Whether the rows have waited long enough, but are not complete.
  private boolean overdue;
  private boolean ended;

  PostgresUpsertWriter(
      BatchSender<T> sender, ProcessingTimeService time, BatchSize size, BatchWait wait) {
    this.sender = sender;
    this.time = time;
    this.size = size;
    this.wait = wait;
    this.beating = beatIn(CLAIM_MILLIS);
  }

  @Override
  public void claim() throws IOException, InterruptedException {
    if (!claimed) {
      // What fails here ends the writer, as a failed batch does.
      ended = true;
      sender.claim();
      ended = false;
      claimed = true;
      nextBeat = time.getCurrentProcessingTime() + BEAT_MILLIS / 2;
    }
  }

  @Override
  public void write(T row, Context context) throws IOException, InterruptedException {
    checkNotEnded();
    claim();
    rows.add(row);
    complete = sender.isComplete(row);
    if (complete && (overdue || rows.size() >= size.rows())) {
      send();
    } else if (timer.isEmpty()) {
      long due = time.getCurrentProcessingTime() + wait.millis();
      timer = Optional.of(time.registerTimer(due, this::onTimer));
    }
  }

  /** It is told how far rows are sent also while there are none. */
  @Override
  public void writeWatermark(Watermark mark) throws IOException, InterruptedException {
    claim();
    sender.reached(mark.getTimestamp());
    if (telling.isEmpty() && sender.isAhead()) {
      long due = Math.max(time.getCurrentProcessingTime() + TELLING_MILLIS, nextTelling);
      telling = Optional.of(time.registerTimer(due, this::onTelling));
    }
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    checkNotEnded();
    claim();
    send(true);
    sender.expectNew();
  }

  /** Lets go of the connection. Writes nothing: what is unsent lies behind the last checkpoint. */
  @Override
  public void close() {
    ended = true;
    rows.clear();
    timer.ifPresent(future -> future.cancel(false));
    telling.ifPresent(future -> future.cancel(false));
    beating.ifPresent(future -> future.cancel(false));
    sender.close();
  }

  // A batch sent in the meantime does not move the timer, so a younger row may go early: no harm.
  private void onTimer(long timestamp) throws IOException, InterruptedException {
    timer = Optional.empty();
    if (!ended) {
      if (complete) {
        send();
      } else {
        overdue = true;
      }
    }
  }

  private void onTelling(long timestamp) throws IOException, InterruptedException {
    telling = Optional.empty();
    if (!ended && sender.isAhead()) {
      if (complete) {
        send(true);
      } else {
        overdue = true;
      }
    }
  }

  private Optional<Future<?>> beatIn(long millis) {
    return sender.isFenced()
        ? Optional.of(time.registerTimer(time.getCurrentProcessingTime() + millis, this::onBeat))
        : Optional.empty();
  }

  private void onBeat(long timestamp) throws IOException, InterruptedException {
    beating = Optional.empty();
    if (ended) {
      return;
    }
    claim();
    if (sender.reports() && !sender.hasReportedEnd()) {
      beatIfDue();
      beating = beatIn(BEAT_MILLIS);
    }
  }

  /** Also while many rows are sent at once, and no timer gets its turn. */
  private void beatIfDue() throws IOException {
    long now = time.getCurrentProcessingTime();
    if (now >= nextBeat) {
      sender.beat();
      nextBeat = now + BEAT_MILLIS / 2;
    }
  }

  private void send() throws IOException, InterruptedException {
    send(time.getCurrentProcessingTime() >= nextTelling);
  }

  private void send(boolean tells) throws IOException, InterruptedException {
    if (rows.isEmpty() && !(tells && sender.isAhead())) {
      return;
    }
    // Whatever ends a batch early ends the writer: a recovery writes from the last checkpoint, and
    // rows that came after the failed ones must not be there before it.
    ended = true;
    boolean ahead = sender.isAhead();
    long start = System.nanoTime();
    sender.send(rows, tells && ahead);
    long nanos = System.nanoTime() - start;
    size.took(rows.size(), nanos);
    wait.took(nanos);
    if (tells && ahead) {
      long now = time.getCurrentProcessingTime();
      nextTelling = now + TELLING_MILLIS;
      nextBeat = now + BEAT_MILLIS / 2;
    } else if (sender.reports() && !sender.hasReportedEnd()) {
      beatIfDue();
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
