package io.firstresponse.job.source.files;

import io.firstresponse.connectors.PermanentFailure;
import io.firstresponse.job.source.files.FileLister.Found;
import io.firstresponse.job.source.files.FileLister.Listing;
import io.firstresponse.job.source.files.FileOptions.OnUnreadable;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SupportsHandleExecutionAttemptSourceEvent;
import org.apache.flink.util.FlinkRuntimeException;

/**
 * Finds files and assigns their splits in the order of the file names, one split at a time to each
 * reader that asks. The checkpoint keeps the files that were found. After a restore the folder is
 * listed again, for bounded input too.
 *
 * <p>The enumerator also aligns the watermarks of the readers. A reader that waits for a split must
 * not hold the others back. It must not become idle either: it might then get the next file after
 * the watermark of another reader has passed the messages of that file. So a waiting reader follows
 * the others. It is sent the watermark that all working readers have reached or, if no reader
 * works, the highest watermark of all splits read so far. When it gets a split, it keeps its last
 * watermark and thereby holds the others until it has caught up.
 *
 * <pre>
 *  reader                         enumerator
 *    │── Progress(watermark) ───────▶│   while it reads a split
 *    │── Finished(split, last) ─────▶│   at the end of the split
 *    │◀─ Noted(split) ───────────────│   the enumerator's next checkpoint has the end
 *    │◀─ Safe(watermark) ────────────│   while it waits for a split
 * </pre>
 *
 * <p>Everything except the listing of folders runs in the coordinator's thread.
 */
final class FilesEnumerator
    implements SplitEnumerator<FilesSplit, FilesState>, SupportsHandleExecutionAttemptSourceEvent {

  /** The metric with the number of files that are found but not completely read; -1: unknown. */
  static final String FILES_UNREAD = "filesUnread";

  private final SplitEnumeratorContext<FilesSplit> context;
  private final FileLister lister;
  private final Optional<Duration> watchInterval;
  private final Function<Found, List<FilesSplit>> cutter;
  private final OnUnreadable onUnreadable;

  private final Map<URI, Long> found;
  private final TreeSet<FilesSplit> pending = new TreeSet<>(FilesSplit.ORDER);
  private long finished;

  /** By file: the number of splits that are not completely read. */
  private final Map<URI, Integer> unread = new HashMap<>();

  /** The splits that are assigned to readers. */
  private final Map<String, Work> atWork = new HashMap<>();

  /** The readers that wait for a split, with the watermark that was sent to each. */
  private final Map<Integer, Long> waiting = new LinkedHashMap<>();

  /** Readers that may return splits of a checkpoint when they register. */
  private final Set<Integer> awaited = new HashSet<>();

  private final boolean restored;
  private boolean listed;
  private volatile int filesUnread = -1;

  private static final class Work {
    private final FilesSplit split;
    private final int reader;
    private long watermark;

    private Work(FilesSplit split, int reader) {
      this.split = split;
      this.reader = reader;
      this.watermark = split.watermark();
    }
  }

  /**
   * @param watchInterval how often to list the folder; empty for once
   * @param cutter makes the splits of a file
   * @param state the state of a checkpoint, or null
   */
  FilesEnumerator(
      SplitEnumeratorContext<FilesSplit> context,
      FileLister lister,
      Optional<Duration> watchInterval,
      Function<Found, List<FilesSplit>> cutter,
      OnUnreadable onUnreadable,
      @Nullable FilesState state) {
    this.context = context;
    this.lister = lister;
    this.watchInterval = watchInterval;
    this.cutter = cutter;
    this.onUnreadable = onUnreadable;
    this.restored = state != null;
    FilesState from = state == null ? FilesState.EMPTY : state;
    this.found = new HashMap<>(from.found());
    this.finished = from.finished();
    from.pending().forEach(this::addPending);
  }

  @Override
  public void start() {
    if (restored) {
      IntStream.range(0, context.currentParallelism()).forEach(awaited::add);
    }
    context.metricGroup().gauge(FILES_UNREAD, () -> filesUnread);
    if (watchInterval.isPresent()) {
      context.callAsync(lister::list, this::take, 0, watchInterval.get().toMillis());
    } else {
      context.callAsync(lister::list, this::take);
    }
  }

  /** Adds the files of a listing. */
  private void take(@Nullable Listing listing, @Nullable Throwable failure) {
    if (failure != null) {
      throw new FlinkRuntimeException(failure.getMessage(), failure);
    }
    List<FilesSplit> unreadable = new ArrayList<>();
    for (Found file : listing.files()) {
      Long before = found.put(file.uri(), file.length());
      if (before == null || before == FilesState.UNREADABLE) {
        cutter.apply(file).forEach(this::addPending);
      } else if (before != file.length()) {
        unreadable.add(
            FilesSplit.unreadable(
                Unreadable.of(file.uri(), new Unreadable.Changed(before, file.length()))
                    .orElseThrow(),
                file.length()));
      }
    }
    for (Unreadable one : listing.unreadable()) {
      if (found.putIfAbsent(one.uri(), FilesState.UNREADABLE) == null) {
        unreadable.add(FilesSplit.unreadable(one, FilesState.UNREADABLE));
      }
    }
    if (!unreadable.isEmpty() && onUnreadable == OnUnreadable.FAIL) {
      throw new FlinkRuntimeException(firstOf(unreadable));
    }
    unreadable.forEach(this::addPending);
    listed = true;
    assign();
  }

  private static PermanentFailure firstOf(List<FilesSplit> unreadable) {
    FilesSplit first = unreadable.stream().min(FilesSplit.ORDER).orElseThrow();
    return new Unreadable(first.file(), first.unreadable()).failure(unreadable.size() - 1);
  }

  @Override
  public void addReader(int reader) {
    awaited.remove(reader);
    List<FilesSplit> splits =
        context.registeredReaders().get(reader).getReportedSplitsOnRegistration();
    splits.forEach(this::takeBack);
    assign();
  }

  @Override
  public void handleSplitRequest(int reader, @Nullable String host) {
    waiting.put(reader, Long.MIN_VALUE);
    assign();
  }

  /** Splits of a failed reader. Those of the last checkpoint are returned when it registers. */
  @Override
  public void addSplitsBack(List<FilesSplit> splits, int reader) {
    awaited.add(reader);
    waiting.remove(reader);
    List<Work> lost = atWork.values().stream().filter(work -> work.reader == reader).toList();
    for (Work work : lost) {
      atWork.remove(work.split.splitId());
      countRead(work.split);
    }
    splits.forEach(this::takeBack);
    assign();
  }

  @Override
  public void handleSourceEvent(int reader, SourceEvent event) {
    handle(reader, event);
    if (event instanceof FilesEvent.Finished end && isRegistered(reader)) {
      context.sendEventToSourceReader(reader, new FilesEvent.Noted(end.splitId()));
    }
  }

  /** Concurrent attempts exist only in batches, which have no checkpoints. */
  @Override
  public void handleSourceEvent(int reader, int attempt, SourceEvent event) {
    handle(reader, event);
  }

  private void handle(int reader, SourceEvent event) {
    if (event instanceof FilesEvent.Finished end) {
      finished = Math.max(finished, end.watermark());
      Work work = atWork.get(end.splitId());
      if (work != null && work.reader == reader) {
        atWork.remove(end.splitId());
        countRead(work.split);
      }
    } else if (event instanceof FilesEvent.Progress progress) {
      atWork.values().stream()
          .filter(work -> work.reader == reader)
          .forEach(work -> work.watermark = Math.max(work.watermark, progress.watermark()));
    }
    assign();
  }

  @Override
  public FilesState snapshotState(long checkpointId) {
    return new FilesState(found, List.copyOf(pending), finished);
  }

  @Override
  public void close() throws IOException {
    // Nothing is open.
  }

  private void takeBack(FilesSplit split) {
    if (split.finished()) {
      finished = Math.max(finished, split.watermark());
    } else {
      addPending(split);
    }
  }

  /** A split may come back twice: from a reader's checkpoint, and as one assigned later. */
  private void addPending(FilesSplit split) {
    if (pending.add(split)) {
      unread.merge(split.file(), 1, Integer::sum);
    }
  }

  private void countRead(FilesSplit split) {
    unread.computeIfPresent(split.file(), (file, splits) -> splits == 1 ? null : splits - 1);
  }

  /** Assigns splits to waiting readers, and sends a watermark to those that still wait. */
  private void assign() {
    boolean known = listed && awaited.isEmpty();
    if (known) {
      for (int reader : List.copyOf(waiting.keySet())) {
        if (!isRegistered(reader)) {
          waiting.remove(reader);
        } else if (!pending.isEmpty()) {
          waiting.remove(reader);
          FilesSplit next = pending.pollFirst();
          atWork.put(next.splitId(), new Work(next, reader));
          context.assignSplit(next, reader);
        } else if (watchInterval.isEmpty()) {
          waiting.remove(reader);
          context.signalNoMoreSplits(reader);
        }
      }
      sendSafeWatermark();
    }
    filesUnread = known ? unread.size() : -1;
  }

  private void sendSafeWatermark() {
    if (context.registeredReaders().size() < context.currentParallelism()) {
      return;
    }
    long safe = safeWatermark(atWork.values());
    for (Map.Entry<Integer, Long> reader : waiting.entrySet()) {
      if (reader.getValue() < safe) {
        reader.setValue(safe);
        context.sendEventToSourceReader(reader.getKey(), new FilesEvent.Safe(safe));
      }
    }
  }

  private long safeWatermark(Collection<Work> work) {
    return work.stream().mapToLong(one -> one.watermark).min().orElse(finished);
  }

  private boolean isRegistered(int reader) {
    return context.registeredReaders().containsKey(reader);
  }
}
