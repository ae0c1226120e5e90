package io.firstresponse.job.source.datagen;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;

/**
 * Emits the messages of its splits in the order of their numbers, so that the watermarks of the
 * splits stay close together. It runs in the thread of the task; only futures are completed in
 * another one.
 */
final class DatagenReader implements SourceReader<Received, DatagenSplit> {

  /**
   * The number of messages of one poll: large enough that polling costs little, small enough that a
   * checkpoint waits for microseconds only.
   */
  static final int MESSAGES_PER_POLL = 512;

  private final Workload workload;
  private final Pace pace;
  private final Counter messagesRead;

  private final Map<String, Cursor> cursors = new LinkedHashMap<>();
  private final PriorityQueue<Cursor> running = new PriorityQueue<>();
  private boolean noMoreSplits;

  /** Replaced only when it is complete, so that everybody who waits for it is woken up. */
  private CompletableFuture<Void> available = CompletableFuture.completedFuture(null);

  DatagenReader(Workload workload, Pace pace, Counter messagesRead) {
    this.workload = workload;
    this.pace = pace;
    this.messagesRead = messagesRead;
  }

  @Override
  public void start() {}

  @Override
  public InputStatus pollNext(ReaderOutput<Received> output) {
    Cursor cursor = running.peek();
    if (cursor == null) {
      return pollNothing(output);
    }
    pace.begin(cursor.next);
    long reached = pace.reached();
    if (cursor.next > reached) {
      if (available.isDone()) {
        available = pace.until(cursor.next);
      }
      return InputStatus.NOTHING_AVAILABLE;
    }
    for (int n = 0; n < MESSAGES_PER_POLL && cursor != null && cursor.next <= reached; n++) {
      advance(running.remove(), output);
      cursor = running.peek();
    }
    return InputStatus.MORE_AVAILABLE;
  }

  private InputStatus pollNothing(ReaderOutput<Received> output) {
    if (noMoreSplits && cursors.isEmpty()) {
      if (workload.isBounded()) {
        return InputStatus.END_OF_INPUT;
      }
      // This reader has no split of an endless stream, and must not hold the watermark back.
      output.markIdle();
    }
    if (available.isDone()) {
      available = new CompletableFuture<>();
    }
    return InputStatus.NOTHING_AVAILABLE;
  }

  private void advance(Cursor cursor, ReaderOutput<Received> output) {
    if (cursor.output == null) {
      cursor.output = output.createOutputForSplit(cursor.id);
    }
    // False only if the option for the length was reduced since the checkpoint.
    if (cursor.next < workload.end()) {
      Message message = workload.message(cursor.next);
      messagesRead.inc();
      cursor.output.collect(message, message.millis());
      cursor.next += cursor.split.splits();
    }
    if (cursor.next < workload.end()) {
      running.add(cursor);
    } else {
      cursors.remove(cursor.id);
      output.releaseOutputForSplit(cursor.id);
    }
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return available;
  }

  @Override
  public List<DatagenSplit> snapshotState(long checkpointId) {
    return cursors.values().stream().map(Cursor::toSplit).toList();
  }

  @Override
  public void addSplits(List<DatagenSplit> splits) {
    for (DatagenSplit split : splits) {
      Cursor cursor = new Cursor(split);
      cursors.put(cursor.id, cursor);
      running.add(cursor);
    }
    available.complete(null);
  }

  @Override
  public void notifyNoMoreSplits() {
    noMoreSplits = true;
    available.complete(null);
  }

  @Override
  public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
    for (String id : toPause) {
      Cursor cursor = cursors.get(id);
      if (cursor != null) {
        running.remove(cursor);
      }
    }
    for (String id : toResume) {
      Cursor cursor = cursors.get(id);
      if (cursor != null && !running.contains(cursor)) {
        running.add(cursor);
      }
    }
    available.complete(null);
  }

  @Override
  public void close() {
    pace.close();
  }

  /** The progress of a split. */
  private static final class Cursor implements Comparable<Cursor> {

    private final DatagenSplit split;
    private final String id;
    private long next;
    private SourceOutput<Received> output;

    Cursor(DatagenSplit split) {
      this.split = split;
      this.id = split.splitId();
      this.next = split.next();
    }

    DatagenSplit toSplit() {
      return new DatagenSplit(split.ordinal(), split.splits(), next);
    }

    @Override
    public int compareTo(Cursor other) {
      return Long.compare(next, other.next);
    }
  }
}
