package io.firstresponse.job.spill;

import io.firstresponse.job.domain.Session;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Sorts sessions by the time of their opening: short runs are sorted on the heap and merged at the
 * end. Runs that do not fit the heap are merged into one run of a file. 40 bytes a session. Not
 * thread-safe.
 */
public final class SortedSessions implements Closeable {

  /** Receives sessions in order. */
  @FunctionalInterface
  public interface Visitor {
    void accept(Session session) throws IOException, InterruptedException;
  }

  /** Longs a session: time of opening first, by which it is sorted. */
  private static final int WORDS = 5;

  private static final int RUN_BITS = 13;

  /** Sessions a run. */
  private static final int RUN = 1 << RUN_BITS;

  /** What is written to a file or read of a run in it at once. */
  private static final int BLOCK_BYTES = 4096 * WORDS * Long.BYTES;

  private final LongSupplier mostBytes;
  private final SpillFile file = new SpillFile();
  private final List<SpillFile.Region> inFile = new ArrayList<>();
  private final List<long[]> onHeap = new ArrayList<>();
  private long[] run = new long[RUN * WORDS];
  private int used;

  /**
   * @param mostBytes how many bytes of the heap sessions may take at this moment
   */
  public SortedSessions(LongSupplier mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Takes a session in. */
  public void add(Session session) throws IOException {
    run[used] = session.openedAt();
    run[used + 1] = session.b();
    run[used + 2] = session.asked();
    run[used + 3] = session.responder();
    run[used + 4] = session.answeredAt();
    used += WORDS;
    if (used == run.length) {
      endRun();
      if ((long) onHeap.size() * RUN * WORDS * Long.BYTES > mostBytes.getAsLong()) {
        spill();
      }
    }
  }

  private void endRun() {
    if (used > 0) {
      onHeap.add(sorted());
      used = 0;
    }
  }

  /** The present run, in order. */
  private long[] sorted() {
    int size = used / WORDS;
    int[] order = order(size);
    long[] sorted = new long[used];
    for (int i = 0; i < size; i++) {
      System.arraycopy(run, order[i] * WORDS, sorted, i * WORDS, WORDS);
    }
    return sorted;
  }

  /** Places in the present run, by time. */
  private int[] order(int size) {
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      least = Math.min(least, run[i * WORDS]);
      most = Math.max(most, run[i * WORDS]);
    }
    int[] order = new int[size];
    if (most - least >= 1L << (Long.SIZE - 1 - RUN_BITS)) {
      // 35 years and more: time and place do not fit one long.
      Integer[] places = new Integer[size];
      Arrays.setAll(places, i -> i);
      Arrays.sort(places, Comparator.comparingLong(i -> run[i * WORDS]));
      Arrays.setAll(order, i -> places[i]);
      return order;
    }
    long[] keys = new long[size];
    for (int i = 0; i < size; i++) {
      keys[i] = (run[i * WORDS] - least) << RUN_BITS | i;
    }
    Arrays.sort(keys);
    for (int i = 0; i < size; i++) {
      order[i] = (int) keys[i] & (RUN - 1);
    }
    return order;
  }

  /** Merges what is on the heap into one run of the file. */
  private void spill() throws IOException {
    Merge merge = new Merge();
    onHeap.forEach(one -> merge.add(new Cursor(one)));
    onHeap.clear();
    ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
    List<SpillFile.Region> written = new ArrayList<>();
    for (Cursor first = merge.first(); first != null; first = merge.first()) {
      for (int word = 0; word < WORDS; word++) {
        block.putLong(first.words[first.at + word]);
      }
      merge.next();
      if (!block.hasRemaining() || merge.first() == null) {
        written.add(file.write(block.flip()));
        block.clear();
      }
    }
    // Nothing else has been written between them.
    inFile.add(
        new SpillFile.Region(
            written.get(0).position(), written.stream().mapToLong(SpillFile.Region::length).sum()));
  }

  /** Shows all sessions in order, and forgets them. */
  public void drain(Visitor visitor) throws IOException, InterruptedException {
    endRun();
    Merge merge = new Merge();
    onHeap.forEach(one -> merge.add(new Cursor(one)));
    for (SpillFile.Region region : inFile) {
      merge.add(new Cursor(region));
    }
    onHeap.clear();
    inFile.clear();
    for (Cursor first = merge.first(); first != null; first = merge.first()) {
      visitor.accept(first.session());
      merge.next();
    }
  }

  /** How many runs are in the file. */
  int runsInFile() {
    return inFile.size();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** A place in a run that is gone through from its first session to its last. */
  private final class Cursor {

    private final SpillFile.Region region;
    private final ByteBuffer block;
    private final long[] words;
    private int at;
    private int end;
    private long read;

    /** In a run on the heap, which has a session at least. */
    Cursor(long[] words) {
      this.region = new SpillFile.Region(0, 0);
      this.block = ByteBuffer.allocate(0);
      this.words = words;
      this.end = words.length;
    }

    /** In a run of the file. */
    Cursor(SpillFile.Region region) throws IOException {
      this.region = region;
      this.block = ByteBuffer.allocate(BLOCK_BYTES);
      this.words = new long[BLOCK_BYTES / Long.BYTES];
      fill();
    }

    private void fill() throws IOException {
      file.read(region, read, block);
      read += block.remaining();
      at = 0;
      end = block.remaining() / Long.BYTES;
      block.asLongBuffer().get(words, 0, end);
    }

    long time() {
      return words[at];
    }

    Session session() {
      return new Session(words[at + 1], words[at], words[at + 2], words[at + 3], words[at + 4]);
    }

    /** Goes on to the next session, if there is one. */
    boolean next() throws IOException {
      at += WORDS;
      if (at == end && read < region.length()) {
        fill();
      }
      return at < end;
    }
  }

  /** Cursors as a heap whose first one has the earliest session. */
  private static final class Merge {

    private final List<Cursor> heap = new ArrayList<>();

    void add(Cursor cursor) {
      heap.add(cursor);
      int at = heap.size() - 1;
      while (at > 0 && heap.get((at - 1) / 2).time() > cursor.time()) {
        heap.set(at, heap.get((at - 1) / 2));
        at = (at - 1) / 2;
      }
      heap.set(at, cursor);
    }

    /** The cursor at the earliest session, or null. */
    Cursor first() {
      return heap.isEmpty() ? null : heap.get(0);
    }

    /** Goes on to the session after the first one. */
    void next() throws IOException {
      Cursor moved = heap.get(0);
      if (!moved.next()) {
        Cursor last = heap.remove(heap.size() - 1);
        if (heap.isEmpty()) {
          return;
        }
        moved = last;
      }
      int at = 0;
      for (int child = 1; child < heap.size(); child = 2 * at + 1) {
        if (child + 1 < heap.size() && heap.get(child + 1).time() < heap.get(child).time()) {
          child++;
        }
        if (heap.get(child).time() >= moved.time()) {
          break;
        }
        heap.set(at, heap.get(child));
        at = child;
      }
      heap.set(at, moved);
    }
  }
}
