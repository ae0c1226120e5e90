package io.firstresponse.job.spill;

import io.firstresponse.job.domain.Message;
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
 * Sorts sessions by the time of opening. Short runs are sorted on the heap and merged at the end.
 * Whenever the runs exceed the allowed part of the heap, they are merged into one run in a
 * temporary file. A session takes 40 bytes, or 48 with labels. Not thread-safe.
 */
public final class SortedSessions implements Closeable {

  /** Receives sessions in order. */
  @FunctionalInterface
  public interface Visitor {
    void accept(Session session) throws IOException, InterruptedException;
  }

  /** The longs of a session without labels. The first is the time of opening. */
  private static final int WITHOUT_LABELS = 5;

  private static final int RUN_BITS = 13;

  /** The number of sessions in a run. */
  private static final int RUN = 1 << RUN_BITS;

  /** The sessions of one write to the file and of one read. */
  private static final int BLOCK = 4096;

  private final LongSupplier mostBytes;
  private final SpillFile file = new SpillFile();
  private final List<SpillFile.Region> inFile = new ArrayList<>();
  private final List<long[]> onHeap = new ArrayList<>();
  // The longs of a session.
  private final int each;
  private final long[] run;
  private int used;

  /**
   * @param mostBytes how many bytes of the heap sessions may use at present
   * @param labels whether sessions may have labels
   */
  public SortedSessions(LongSupplier mostBytes, boolean labels) {
    this.mostBytes = mostBytes;
    this.each = labels ? WITHOUT_LABELS + 1 : WITHOUT_LABELS;
    this.run = new long[RUN * each];
  }

  /** Adds a session. */
  public void add(Session session) throws IOException {
    run[used] = session.openedAt();
    run[used + 1] = session.b();
    run[used + 2] = session.asked();
    run[used + 3] = session.responder();
    run[used + 4] = session.endedAt();
    if (each > WITHOUT_LABELS) {
      run[used + WITHOUT_LABELS] = session.labels();
    }
    used += each;
    if (used == run.length) {
      endRun();
      if ((long) onHeap.size() * RUN * each * Long.BYTES > mostBytes.getAsLong()) {
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

  /** A sorted copy of the present run. */
  private long[] sorted() {
    int size = used / each;
    int[] order = order(size);
    long[] sorted = new long[used];
    for (int i = 0; i < size; i++) {
      System.arraycopy(run, order[i] * each, sorted, i * each, each);
    }
    return sorted;
  }

  /** The indexes of the present run's sessions, sorted by time. */
  private int[] order(int size) {
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      least = Math.min(least, run[i * each]);
      most = Math.max(most, run[i * each]);
    }
    int[] order = new int[size];
    if (most - least >= 1L << (Long.SIZE - 1 - RUN_BITS)) {
      // More than 35 years: time and index do not fit into one long.
      Integer[] places = new Integer[size];
      Arrays.setAll(places, i -> i);
      Arrays.sort(places, Comparator.comparingLong(i -> run[i * each]));
      Arrays.setAll(order, i -> places[i]);
      return order;
    }
    long[] keys = new long[size];
    for (int i = 0; i < size; i++) {
      keys[i] = (run[i * each] - least) << RUN_BITS | i;
    }
    Arrays.sort(keys);
    for (int i = 0; i < size; i++) {
      order[i] = (int) keys[i] & (RUN - 1);
    }
    return order;
  }

  /** Merges the runs on the heap into one run in the file. */
  private void spill() throws IOException {
    Merge merge = new Merge();
    onHeap.forEach(one -> merge.add(new Cursor(one)));
    onHeap.clear();
    ByteBuffer block = ByteBuffer.allocate(blockBytes());
    List<SpillFile.Region> written = new ArrayList<>();
    for (Cursor first = merge.first(); first != null; first = merge.first()) {
      for (int i = 0; i < each; i++) {
        block.putLong(first.longs[first.at + i]);
      }
      merge.next();
      if (!block.hasRemaining() || merge.first() == null) {
        written.add(file.write(block.flip()));
        block.clear();
      }
    }
    // The parts are adjacent, since nothing else was written in between.
    inFile.add(
        new SpillFile.Region(
            written.get(0).position(), written.stream().mapToLong(SpillFile.Region::length).sum()));
  }

  /** Visits all sessions in order, and removes them. */
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

  private int blockBytes() {
    return BLOCK * each * Long.BYTES;
  }

  /** The number of runs in the file. */
  int runsInFile() {
    return inFile.size();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** A position in a run, from its first session to its last. */
  private final class Cursor {

    private final SpillFile.Region region;
    private final ByteBuffer block;
    private final long[] longs;
    private int at;
    private int end;
    private long read;

    /** Starts a run on the heap, which must not be empty. */
    Cursor(long[] longs) {
      this.region = new SpillFile.Region(0, 0);
      this.block = ByteBuffer.allocate(0);
      this.longs = longs;
      this.end = longs.length;
    }

    /** Starts a run in the file. */
    Cursor(SpillFile.Region region) throws IOException {
      this.region = region;
      this.block = ByteBuffer.allocate(blockBytes());
      this.longs = new long[BLOCK * each];
      fill();
    }

    private void fill() throws IOException {
      file.read(region, read, block);
      read += block.remaining();
      at = 0;
      end = block.remaining() / Long.BYTES;
      block.asLongBuffer().get(longs, 0, end);
    }

    long time() {
      return longs[at];
    }

    Session session() {
      return new Session(
          longs[at + 1],
          longs[at],
          longs[at + 2],
          longs[at + 3],
          longs[at + 4],
          each > WITHOUT_LABELS ? longs[at + WITHOUT_LABELS] : Message.NO_LABELS);
    }

    /** Moves to the next session. Returns false if there is none. */
    boolean next() throws IOException {
      at += each;
      if (at == end && read < region.length()) {
        fill();
      }
      return at < end;
    }
  }

  /** A priority queue of cursors by the time of their present session. */
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

    /** The cursor with the earliest session, or null. */
    Cursor first() {
      return heap.isEmpty() ? null : heap.get(0);
    }

    /** Moves the first cursor to its next session. */
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
