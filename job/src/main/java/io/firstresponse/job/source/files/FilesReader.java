package io.firstresponse.job.source.files;

import io.firstresponse.job.domain.Received;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import javax.annotation.Nullable;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;
import org.apache.flink.core.io.InputStatus;

/**
 * Emits the records that a {@link FilesSplitReader} reads, one split after the other.
 *
 * <p>Flink emits watermarks a few times a second, and a small file may be read between two of them.
 * So the reader keeps the watermark of the split itself and emits the last one when the split ends.
 * While it has no split, it emits the watermarks that the enumerator sends. It is never idle.
 */
final class FilesReader
    extends SingleThreadMultiplexSourceReaderBase<
        RecordAndPosition<Received>, Received, FilesSplit, FilesReader.Reading> {

  private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The clock is read once for so many records. */
  private static final int POLLS_PER_LOOK = 64;

  /** A split that is being read. */
  static final class Reading {

    private FilesSplit split;
    private long offset = CheckpointedPosition.NO_OFFSET;
    private long recordsAfter;
    private long watermark;

    private Reading(FilesSplit split) {
      this.split = split;
      this.watermark = split.watermark();
      if (split.position() != null) {
        offset = split.position().getOffset();
        recordsAfter = split.position().getRecordsAfterOffset();
      }
    }

    private void pass(RecordAndPosition<Received> record, long itsWatermark) {
      offset = record.getOffset();
      recordsAfter = record.getRecordSkipCount();
      watermark = Math.max(watermark, itsWatermark);
    }

    private FilesSplit now() {
      boolean atBeginning = offset == CheckpointedPosition.NO_OFFSET && recordsAfter == 0;
      return split.at(
          atBeginning ? null : new CheckpointedPosition(offset, recordsAfter), watermark);
    }
  }

  private final Map<String, Reading> reading = new HashMap<>();

  /** Splits that have ended, kept until the enumerator has confirmed it. */
  private final Map<String, FilesSplit> finished = new HashMap<>();

  private long toEmit = Long.MIN_VALUE;
  private long reported = Long.MIN_VALUE;
  private long nextReport = System.nanoTime() + REPORT_NANOS;
  private int polls;

  /** Completes when there is a watermark to emit while no records are available. */
  private CompletableFuture<Void> woken = new CompletableFuture<>();

  @Nullable private CompletableFuture<Void> available;

  /**
   * @param watermarkOf the watermark of a single record
   */
  FilesReader(
      Supplier<FilesSplitReader> splitReaders,
      ToLongFunction<Received> watermarkOf,
      SourceReaderContext context) {
    super(
        splitReaders::get,
        (record, output, reading) -> {
          Received received = record.getRecord();
          output.collect(received);
          reading.pass(record, watermarkOf.applyAsLong(received));
        },
        context.getConfiguration(),
        context);
  }

  @Override
  public void start() {
    if (reading.isEmpty()) {
      context.sendSplitRequest();
    }
  }

  @Override
  public InputStatus pollNext(ReaderOutput<Received> output) throws Exception {
    emitBetweenSplits(output);
    InputStatus status = super.pollNext(output);
    emitBetweenSplits(output);
    if (++polls % POLLS_PER_LOOK == 0) {
      report();
    }
    return status;
  }

  private void emitBetweenSplits(ReaderOutput<Received> output) {
    if (toEmit != Long.MIN_VALUE && reading.isEmpty()) {
      output.emitWatermark(new Watermark(toEmit));
      toEmit = Long.MIN_VALUE;
    }
  }

  private void report() {
    long now = System.nanoTime();
    if (now - nextReport < 0) {
      return;
    }
    nextReport = now + REPORT_NANOS;
    long watermark =
        reading.values().stream().mapToLong(one -> one.watermark).min().orElse(Long.MIN_VALUE);
    if (watermark > reported) {
      reported = watermark;
      context.sendSourceEventToCoordinator(new FilesEvent.Progress(watermark));
    }
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    CompletableFuture<Void> records = super.isAvailable();
    if (records.isDone() || (toEmit != Long.MIN_VALUE && reading.isEmpty())) {
      return CompletableFuture.completedFuture(null);
    }
    if (available == null || available.isDone()) {
      woken = new CompletableFuture<>();
      available = CompletableFuture.anyOf(records, woken).thenAccept(either -> {});
    }
    return available;
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    if (event instanceof FilesEvent.Noted noted) {
      finished.remove(noted.splitId());
    } else if (event instanceof FilesEvent.Safe safe) {
      toEmit = Math.max(toEmit, safe.watermark());
      woken.complete(null);
    }
  }

  @Override
  public void addSplits(List<FilesSplit> splits) {
    // A watermark sent before is not safe for the messages of the new split.
    toEmit = Long.MIN_VALUE;
    super.addSplits(splits);
  }

  @Override
  protected void onSplitFinished(Map<String, Reading> ended) {
    ended.forEach(
        (id, one) -> {
          reading.remove(id);
          finished.put(id, one.now().end());
          toEmit = Math.max(toEmit, one.watermark);
          context.sendSourceEventToCoordinator(new FilesEvent.Finished(id, one.watermark));
        });
    reported = Long.MIN_VALUE;
    if (reading.isEmpty()) {
      context.sendSplitRequest();
    }
  }

  @Override
  protected Reading initializedState(FilesSplit split) {
    Reading begun = new Reading(split);
    reading.put(split.splitId(), begun);
    return begun;
  }

  @Override
  protected FilesSplit toSplitType(String splitId, Reading one) {
    return one.now();
  }

  @Override
  public List<FilesSplit> snapshotState(long checkpointId) {
    List<FilesSplit> splits = new ArrayList<>(super.snapshotState(checkpointId));
    splits.addAll(finished.values());
    return splits;
  }
}
