package io.firstresponse.job.source.files;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import javax.annotation.Nullable;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.assigners.FileSplitAssigner;

/**
 * Hands out splits in the order of their paths and, within a file, of their offsets. Files that are
 * named by time are then read in the order of time, also by several readers at once; out of order,
 * most of their messages would be late. Where a split is stored does not count.
 */
final class OrderedSplitAssigner implements FileSplitAssigner {

  private static final Comparator<FileSourceSplit> ORDER =
      Comparator.comparing(
              (FileSourceSplit split) -> split.path().toString(), NaturalOrder.INSTANCE)
          .thenComparingLong(FileSourceSplit::offset);

  private final PriorityQueue<FileSourceSplit> pending = new PriorityQueue<>(ORDER);

  OrderedSplitAssigner(Collection<FileSourceSplit> splits) {
    pending.addAll(splits);
  }

  @Override
  public Optional<FileSourceSplit> getNext(@Nullable String hostname) {
    return Optional.ofNullable(pending.poll());
  }

  @Override
  public void addSplits(Collection<FileSourceSplit> splits) {
    pending.addAll(splits);
  }

  @Override
  public Collection<FileSourceSplit> remainingSplits() {
    return List.copyOf(pending);
  }
}
