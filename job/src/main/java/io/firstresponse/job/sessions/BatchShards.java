package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.DueMessages;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageChunk;
import io.firstresponse.job.domain.OpenSession;
import io.firstresponse.job.domain.OpenSessions;
import io.firstresponse.job.domain.Shard;
import io.firstresponse.job.domain.WaitingMessages;
import io.firstresponse.job.spill.HeapShare;
import io.firstresponse.job.spill.SpillFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The shards of a batch. All messages wait for the end of the input, and then one shard after the
 * other is settled. Whenever the messages have filled the task's share of the heap, all of them are
 * written to a temporary file. A batch has no checkpoints, so nothing is kept in Flink's state.
 *
 * <p>Flink's own batch mode would sort all records by key before the function gets the first one.
 * Measured with 10 million JSON lines, that takes 8.0 s instead of 3.2 s.
 */
final class BatchShards implements ShardStore {

  /** The number of messages of a shard in one array: 24 KB. */
  private static final int CHUNK = 1024;

  /** All messages of a key are settled together, so no open session has to be kept. */
  private static final OpenSessions NONE_KEPT =
      new OpenSessions() {
        @Override
        public OpenSession get(ConversationKey key) {
          return null;
        }

        @Override
        public void put(ConversationKey key, OpenSession session) {}

        @Override
        public void remove(ConversationKey key) {}
      };

  private final Closeable share;
  private final LongSupplier mostBytes;
  private final int chunkMessages;
  private final Map<Integer, BatchShard> shards = new HashMap<>();
  private final SpillFile file = new SpillFile();
  private ByteBuffer block = ByteBuffer.allocate(0);
  // The bytes of full chunks on the heap.
  private long bytes;

  /** Shards that may use the task's share of the heap. */
  BatchShards() {
    this(HeapShare.ofMessages());
  }

  private BatchShards(HeapShare share) {
    this(share, share, CHUNK);
  }

  /**
   * @param mostBytes how many bytes of the heap messages may use at present
   * @param chunkMessages the number of messages of a shard in one array
   */
  BatchShards(LongSupplier mostBytes, int chunkMessages) {
    this(() -> {}, mostBytes, chunkMessages);
  }

  private BatchShards(Closeable share, LongSupplier mostBytes, int chunkMessages) {
    this.share = share;
    this.mostBytes = mostBytes;
    this.chunkMessages = chunkMessages;
  }

  @Override
  public Shard current(Integer key) {
    return shards.computeIfAbsent(key, missing -> new BatchShard());
  }

  @Override
  public void release(Integer key, Shard shard) {
    if (!shard.waits()) {
      shards.remove(key);
    }
  }

  @Override
  public void snapshot() {
    throw new UnsupportedOperationException("a batch has no checkpoints");
  }

  @Override
  public void close() throws IOException {
    share.close();
    file.close();
  }

  private void spill() throws IOException {
    for (BatchShard shard : shards.values()) {
      shard.spill();
    }
    bytes = 0;
  }

  private final class BatchShard implements Shard {

    private final List<MessageChunk> full = new ArrayList<>();
    private final List<SpillFile.Region> inFile = new ArrayList<>();
    private MessageChunk last = new MessageChunk();

    @Override
    public void add(Message message) throws IOException {
      last.add(message);
      if (last.size() == chunkMessages) {
        full.add(last);
        bytes += last.bytes();
        last = new MessageChunk();
        if (bytes > mostBytes.getAsLong()) {
          BatchShards.this.spill();
        }
      }
    }

    private void spill() throws IOException {
      if (full.isEmpty()) {
        return;
      }
      int written = bytesOfFull();
      if (block.capacity() < written) {
        block = ByteBuffer.allocate(written);
      }
      block.clear();
      full.forEach(chunk -> chunk.writeTo(block));
      full.clear();
      inFile.add(file.write(block.flip()));
    }

    @Override
    public void takeThrough(long watermark, DueMessages due) throws IOException {
      for (SpillFile.Region region : inFile) {
        file.read(region, 0, block);
        MessageChunk.of(block).forEach(due::add);
      }
      inFile.clear();
      bytes -= bytesOfFull();
      full.forEach(chunk -> chunk.forEach(due::add));
      full.clear();
      last.forEach(due::add);
      last = new MessageChunk();
    }

    private int bytesOfFull() {
      return full.stream().mapToInt(MessageChunk::bytes).sum();
    }

    @Override
    public boolean waits() {
      return last.size() > 0 || !full.isEmpty() || !inFile.isEmpty();
    }

    @Override
    public OpenSessions openSessions() {
      return NONE_KEPT;
    }

    @Override
    public WaitingMessages dueThrough(long watermark) {
      throw new UnsupportedOperationException("a batch has no live results");
    }

    @Override
    public void published(long packed, long b, long a, long labels) {
      throw new UnsupportedOperationException("a batch has no live results");
    }
  }
}
