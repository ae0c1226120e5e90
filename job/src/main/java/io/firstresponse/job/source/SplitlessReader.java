package io.firstresponse.job.source;

import io.firstresponse.job.domain.Received;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;

/** A reader that becomes idle if it gets no split for some time after the start. */
final class SplitlessReader<SplitT extends SourceSplit> extends ReaderDecorator<SplitT> {

  private final Duration patience;
  private final CompletableFuture<Void> waitedEnough = new CompletableFuture<>();
  private boolean hadSplit;
  private boolean idle;

  /**
   * A timer of its own: a shared thread of the JVM would keep the class loader of the first job.
   */
  @Nullable private ScheduledExecutorService timer;

  @Nullable private CompletableFuture<Void> available;

  SplitlessReader(SourceReader<Received, SplitT> reader, Duration patience) {
    super(reader);
    this.patience = patience;
  }

  @Override
  public void start() {
    super.start();
    if (!hadSplit) {
      timer =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread thread = new Thread(task, "source-without-split");
                thread.setDaemon(true);
                return thread;
              });
      // The task only completes a future and cannot fail, so its result is ignored.
      ScheduledFuture<?> unused =
          timer.schedule(
              () -> waitedEnough.complete(null), patience.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public InputStatus pollNext(ReaderOutput<Received> output) throws Exception {
    if (isDue()) {
      idle = true;
      output.markIdle();
      stopTimer();
    }
    return super.pollNext(output);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    CompletableFuture<Void> records = super.isAvailable();
    if (hadSplit || idle) {
      return records;
    }
    if (isDue() || records.isDone()) {
      return CompletableFuture.completedFuture(null);
    }
    if (available == null || available.isDone()) {
      available = CompletableFuture.anyOf(records, waitedEnough).thenAccept(either -> {});
    }
    return available;
  }

  private boolean isDue() {
    return !hadSplit && !idle && waitedEnough.isDone();
  }

  @Override
  public void addSplits(List<SplitT> splits) {
    hadSplit = true;
    stopTimer();
    super.addSplits(splits);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.shutdownNow();
      timer = null;
    }
  }

  @Override
  public void close() throws Exception {
    stopTimer();
    super.close();
  }
}
