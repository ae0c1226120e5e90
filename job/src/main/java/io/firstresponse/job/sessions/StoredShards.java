package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.HeapShard;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageChunk;
import io.firstresponse.job.domain.MessageOrder;
import io.firstresponse.job.domain.OpenSession;
import io.firstresponse.job.domain.OpenSessions;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Shard;
import io.firstresponse.job.domain.StoredMessage;
import io.firstresponse.job.domain.WaitingMessages;
import io.firstresponse.job.types.JobTypes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Shards whose messages wait in a state backend that is not on the heap, such as RocksDB.
 *
 * <p>Time is divided into slots. New messages of a shard are collected on the heap and written
 * together, as one chunk for each slot. When the watermark enters a slot, the messages of the slot
 * are read into memory. When the watermark has passed the slot, its chunks are removed. Messages
 * that are collected but not written are in checkpoints too, see {@link UnwrittenMessages}.
 *
 * <p>RocksDB and ForSt iterate over a map in the order of the keys' bytes. The key of a chunk
 * begins with the time of its slot, so chunks are read in the order of time. With live results all
 * messages of a shard are in memory as well.
 */
final class StoredShards implements ShardStore {

  /** The number of slots over which waiting messages are usually spread. */
  private static final int SLOTS = 32;

  private static final long END_OF_TIME = Long.MAX_VALUE;

  // A chunk has the length of its slot in milliseconds, then its messages.
  private final MapState<Long, byte[]> chunks;
  // The end of the last slot that has chunks, in milliseconds, and the number of chunks written.
  private final ValueState<long[]> writtenState;
  private final MapState<StoredMessage, Boolean> published;
  private final MapState<ConversationKey, OpenSession> openSessions;
  private final ValueState<HeapShard> heapState;
  private final UnwrittenMessages unwritten;
  private final ResponseMode mode;
  private final boolean live;
  private final int collected;
  private final long slotSeconds;
  private final long checkpointed;
  private final Map<Integer, StoredShard> shards = new HashMap<>();

  /**
   * @param heapState the shards of a restored checkpoint, if that was taken on the heap
   * @param waitMillis how long messages usually wait
   * @param collected how many messages of a shard are written together
   * @param checkpointed the watermark of the checkpoint, in milliseconds
   */
  StoredShards(
      KeyedStateStore store,
      ValueState<HeapShard> heapState,
      UnwrittenMessages unwritten,
      ResponseMode mode,
      boolean live,
      long waitMillis,
      int collected,
      long checkpointed) {
    chunks =
        store.getMapState(
            new MapStateDescriptor<>(
                "chunks", Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    writtenState =
        store.getState(
            new ValueStateDescriptor<>(
                "written", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
    published =
        store.getMapState(
            new MapStateDescriptor<>("published", JobTypes.STORED_MESSAGE, Types.BOOLEAN));
    openSessions =
        store.getMapState(
            new MapStateDescriptor<>(
                "open-sessions", JobTypes.CONVERSATION_KEY, JobTypes.OPEN_SESSION));
    this.heapState = heapState;
    this.unwritten = unwritten;
    this.mode = mode;
    this.live = live;
    this.collected = collected;
    this.slotSeconds = Math.max(1, waitMillis / 1000 / SLOTS);
    this.checkpointed = checkpointed;
  }

  @Override
  public Shard current(Integer key) throws Exception {
    StoredShard shard = shards.get(key);
    if (shard == null) {
      shard = new StoredShard(unwritten.take(key));
      shards.put(key, shard);
      shard.open();
    }
    return shard;
  }

  @Override
  public void release(Integer key, Shard shard) {
    if (!shard.waits()) {
      shards.remove(key);
    }
  }

  @Override
  public void snapshot() throws Exception {
    Map<Integer, MessageChunk> all = new HashMap<>();
    shards.forEach(
        (key, shard) -> {
          if (shard.unwritten.size() > 0) {
            all.put(key, shard.unwritten);
          }
        });
    unwritten.snapshot(all);
  }

  /** Moves the current shard to the heap. */
  HeapShard toHeap(Integer key) throws Exception {
    HeapShard heap = new HeapShard(mode);
    new StoredShard(unwritten.take(key)).readAll(heap.waiting());
    for (Map.Entry<ConversationKey, OpenSession> open : openSessions.entries()) {
      OpenSession session = open.getValue();
      heap.openSessions().put(open.getKey(), session);
    }
    chunks.clear();
    writtenState.clear();
    published.clear();
    openSessions.clear();
    return heap;
  }

  /**
   * The key of a chunk: the start of its slot, and a number that makes it unique in the shard. As
   * unsigned numbers, keys sort by time.
   */
  private static final class ChunkKey {

    private static final int NUMBER_BITS = 24;
    private static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;
    private static final long OFFSET = 1L << (Long.SIZE - NUMBER_BITS - 1);

    private ChunkKey() {}

    static long of(long startSeconds, long number) {
      return ((startSeconds + OFFSET) << NUMBER_BITS) | (number & NUMBER_MASK);
    }

    static long startMillis(long key) {
      return ((key >>> NUMBER_BITS) - OFFSET) * 1000;
    }
  }

  private final class StoredShard implements Shard, OpenSessions {

    private static final long NONE = Long.MIN_VALUE;

    // New messages that are not in a chunk yet.
    private final MessageChunk unwritten;
    private final WaitingMessages loaded = new WaitingMessages();
    // All times are in milliseconds. Messages before this time are in memory.
    private long loadedBefore = live ? END_OF_TIME : after(checkpointed);
    // For watermarks before this time no chunk has to be read.
    private long readBefore = after(checkpointed);
    private long end = NONE;
    private long number;

    StoredShard(MessageChunk unwritten) {
      this.unwritten = unwritten;
    }

    void open() throws Exception {
      long[] written = writtenState.value();
      if (written != null) {
        end = written[0];
        number = written[1];
      }
      HeapShard heap = heapState.value();
      if (heap != null) {
        takeFrom(heap);
        heapState.clear();
      }
      if (live) {
        loaded.indexKeys(mode);
        readAll(loaded);
      }
    }

    private void takeFrom(HeapShard heap) throws Exception {
      heap.waiting()
          .forEach(
              (packed, b, a, labels) -> {
                unwritten.add(packed, b, a, labels);
                if (MessageOrder.isPublished(packed)) {
                  published(packed, b, a, labels);
                }
              });
      write();
      heap.openSessions()
          .forEach(
              (b, openedAt, asked, labels) ->
                  put(mode.key(b, asked), new OpenSession(openedAt, asked, labels)));
    }

    @Override
    public void add(Message message) throws IOException {
      unwritten.add(message);
      if (message.millis() < loadedBefore) {
        loaded.add(message);
      }
      if (unwritten.size() >= collected) {
        guarded(this::write);
      }
    }

    private void write() throws Exception {
      if (unwritten.size() == 0) {
        return;
      }
      while (unwritten.size() > 0) {
        long start = Math.floorDiv(unwritten.first(), slotSeconds * 1000) * slotSeconds;
        long next = (start + slotSeconds) * 1000;
        MessageChunk chunk = unwritten.take(start * 1000, next);
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + chunk.bytes());
        bytes.putLong(slotSeconds * 1000);
        chunk.writeTo(bytes);
        chunks.put(ChunkKey.of(start, number++), bytes.array());
        end = Math.max(end, next);
      }
      writtenState.update(new long[] {end, number});
    }

    @Override
    public WaitingMessages dueThrough(long watermark) throws IOException {
      long passed = after(watermark);
      if (watermark != NONE && passed >= readBefore) {
        guarded(() -> read(passed));
      }
      if (unwritten.first() < passed) {
        // These messages are in memory too, and are settled from there.
        unwritten.take(NONE, passed);
      }
      return loaded;
    }

    private static long after(long watermark) {
      return watermark == Long.MAX_VALUE ? Long.MAX_VALUE : watermark + 1;
    }

    /**
     * Loads the messages up to the end of the slot that the watermark is in, and removes the chunks
     * that it has passed.
     *
     * @param passed the first millisecond that the watermark has not passed
     */
    private void read(long passed) throws Exception {
      long slotMillis = slotSeconds * 1000;
      long before =
          passed > END_OF_TIME - slotMillis
              ? END_OF_TIME
              : (Math.floorDiv(passed, slotMillis) + 1) * slotMillis;
      if (!live) {
        unwritten.copyTo(loaded, loadedBefore, before);
      }
      if (end != NONE) {
        readChunks(passed, before);
      }
      if (live) {
        removePublished(passed);
      } else {
        loadedBefore = before;
      }
      readBefore = before;
    }

    private void readChunks(long passed, long before) throws Exception {
      Iterator<Map.Entry<Long, byte[]>> entries = chunks.iterator();
      boolean more = entries.hasNext();
      long last = 0;
      while (more) {
        Map.Entry<Long, byte[]> entry = entries.next();
        last = inOrder(last, entry.getKey());
        long start = ChunkKey.startMillis(entry.getKey());
        more = start < before;
        if (more) {
          ByteBuffer bytes = ByteBuffer.wrap(entry.getValue());
          long chunkEnd = start + bytes.getLong();
          if (chunkEnd > loadedBefore) {
            MessageChunk.of(bytes).copyTo(loaded, loadedBefore, before);
          }
          if (chunkEnd <= passed) {
            entries.remove();
          }
          more = entries.hasNext();
        }
      }
      if (end <= passed) {
        writtenState.clear();
        end = NONE;
      }
    }

    private static long inOrder(long last, long key) {
      if (Long.compareUnsigned(key, last) < 0) {
        throw new IllegalStateException(
            "This state backend does not give out the entries of a map in the order of their bytes. Use hashmap, rocksdb or forst.");
      }
      return key;
    }

    private void removePublished(long passed) throws Exception {
      Iterator<StoredMessage> messages = published.keys().iterator();
      while (messages.hasNext() && messages.next().millis() < passed) {
        messages.remove();
      }
    }

    /** Loads all messages that the watermark of the checkpoint had not passed. */
    private void readAll(WaitingMessages target) throws Exception {
      Set<StoredMessage> marked = new HashSet<>();
      published.keys().forEach(marked::add);
      WaitingMessages.Visitor<RuntimeException> add =
          (packed, b, a, labels) -> {
            StoredMessage message = StoredMessage.of(packed, b, a, labels);
            if (message.millis() > checkpointed) {
              boolean isMarked = marked.contains(message);
              target.add(isMarked ? MessageOrder.published(packed) : packed, b, a, labels);
            }
          };
      unwritten.forEach(add);
      for (byte[] chunk : chunks.values()) {
        ByteBuffer bytes = ByteBuffer.wrap(chunk);
        bytes.getLong();
        MessageChunk.of(bytes).forEach(add);
      }
    }

    @Override
    public OpenSessions openSessions() {
      return this;
    }

    @Override
    public OpenSession get(ConversationKey key) throws IOException {
      OpenSession[] found = new OpenSession[1];
      guarded(() -> found[0] = openSessions.get(key));
      return found[0];
    }

    @Override
    public void put(ConversationKey key, OpenSession session) throws IOException {
      guarded(() -> openSessions.put(key, session));
    }

    @Override
    public void remove(ConversationKey key) throws IOException {
      guarded(() -> openSessions.remove(key));
    }

    @Override
    public void published(long packed, long b, long a, long labels) throws IOException {
      guarded(() -> published.put(StoredMessage.of(packed, b, a, labels), true));
    }

    @Override
    public boolean waits() {
      return end != NONE || unwritten.size() > 0 || loaded.size() > 0;
    }
  }

  /** An access to state, which may throw any exception. */
  private interface Access {
    void run() throws Exception;
  }

  private static void guarded(Access access) throws IOException {
    try {
      access.run();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
