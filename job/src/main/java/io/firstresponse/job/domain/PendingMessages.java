package io.firstresponse.job.domain;

import java.util.Arrays;

/**
 * The messages of one key that the watermark has not passed, handed out in the total order {@code
 * (ts, direct = false first, a)}.
 *
 * <p>A binary heap in one array of primitives, two longs a message: {@code ts} and {@code direct}
 * packed into a number that sorts as the two do, and the agent. The heap keeps a key with very many
 * messages at O(log n) a message, and needs no sorting before the state is written or after it is
 * read. Automated messages do not come here unless they count as anybody's, so the mark is not
 * kept.
 */
public final class PendingMessages {

  private static final int INITIAL_LONGS = 2;

  private long[] heap;
  private int size;

  public PendingMessages() {
    this(new long[INITIAL_LONGS], 0);
  }

  private PendingMessages(long[] heap, int size) {
    this.heap = heap;
    this.size = size;
  }

  /**
   * Messages as {@link #toArray} gave them.
   *
   * @throws IllegalArgumentException when the length is odd
   */
  public static PendingMessages of(long[] array) {
    if (array.length % 2 != 0) {
      throw new IllegalArgumentException("two longs a message expected, got " + array.length);
    }
    return new PendingMessages(array, array.length / 2);
  }

  /** The messages as an array of primitives, for {@link #of}. */
  public long[] toArray() {
    return Arrays.copyOf(heap, 2 * size);
  }

  /** A copy that shares nothing with this. */
  public PendingMessages copy() {
    return new PendingMessages(toArray(), size);
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public void add(Message message) {
    if (2 * size == heap.length) {
      heap = Arrays.copyOf(heap, Math.max(INITIAL_LONGS, heap.length * 2));
    }
    siftUp(size++, message.ts() << 1 | (message.direct() ? 1 : 0), message.a());
  }

  /** When the first message was sent, in microseconds. There must be one. */
  public long firstTs() {
    return heap[0] >> 1;
  }

  /** Whether an agent sent the first message. There must be one. */
  public boolean firstDirect() {
    return (heap[0] & 1) == 1;
  }

  /** The agent of the first message. There must be one. */
  public long firstAgent() {
    return heap[1];
  }

  /** Takes the first message away. There must be one. */
  public void removeFirst() {
    size--;
    siftDown(heap[2 * size], heap[2 * size + 1]);
    if (heap.length > 64 && 2 * size < heap.length / 4) {
      heap = Arrays.copyOf(heap, heap.length / 2);
    }
  }

  private void siftUp(int hole, long order, long agent) {
    int at = hole;
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (!before(order, agent, parent)) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    set(at, order, agent);
  }

  private void siftDown(long order, long agent) {
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && before(heap[2 * child + 2], heap[2 * child + 3], child)) {
        child++;
      }
      if (before(order, agent, child)) {
        break;
      }
      move(child, at);
      at = child;
    }
    set(at, order, agent);
  }

  private boolean before(long order, long agent, int other) {
    long otherOrder = heap[2 * other];
    return order < otherOrder || (order == otherOrder && agent < heap[2 * other + 1]);
  }

  private void move(int from, int to) {
    heap[2 * to] = heap[2 * from];
    heap[2 * to + 1] = heap[2 * from + 1];
  }

  private void set(int at, long order, long agent) {
    heap[2 * at] = order;
    heap[2 * at + 1] = agent;
  }
}
