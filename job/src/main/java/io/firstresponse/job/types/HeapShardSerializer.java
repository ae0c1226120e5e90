package io.firstresponse.job.types;

import io.firstresponse.job.domain.HeapShard;
import io.firstresponse.job.domain.MessageOrder;
import io.firstresponse.job.domain.OpenTable;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.WaitingMessages;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The response mode by its code; how many messages wait (4 bytes), then time, kind and mark,
 * customer and agent of each (24 bytes); how many sessions are open (4 bytes), then customer, time
 * of opening and agent asked of each (24 bytes).
 *
 * <p>Kept for later releases: a message whose bit for labels is set is followed by a word of them,
 * and so is an open session whose customer asked with labels, in a format 2.
 */
public final class HeapShardSerializer extends TypeSerializerSingleton<HeapShard> {

  static final HeapShardSerializer INSTANCE = new HeapShardSerializer();

  private static final long serialVersionUID = 1;

  private static final int WORDS = 3;

  /** Entries read at once: what a checkpoint is read from is not always buffered. */
  private static final int CHUNK = 512;

  private HeapShardSerializer() {}

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public HeapShard createInstance() {
    return new HeapShard(ResponseMode.ANY_AGENT);
  }

  /** The one that was given is what a snapshot reads, and does not change any more. */
  @Override
  public HeapShard copy(HeapShard from) {
    return from.copy();
  }

  @Override
  public HeapShard copy(HeapShard from, HeapShard reuse) {
    return from.copy();
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(HeapShard shard, DataOutputView target) throws IOException {
    target.writeUTF(shard.mode().code());
    target.writeInt(shard.waiting().size());
    shard
        .waiting()
        .forEach(
            (packed, b, a) -> {
              target.writeLong(MessageOrder.stored(packed));
              target.writeLong(b);
              target.writeLong(a);
            });
    target.writeInt(shard.openSessions().size());
    shard
        .openSessions()
        .forEach(
            (b, openedAt, asked) -> {
              target.writeLong(b);
              target.writeLong(openedAt);
              target.writeLong(asked);
            });
  }

  @Override
  public HeapShard deserialize(DataInputView source) throws IOException {
    HeapShard shard = new HeapShard(ResponseMode.of(source.readUTF()));
    WaitingMessages waiting = shard.waiting();
    read(source, waiting::add);
    OpenTable openSessions = shard.openSessions();
    read(source, openSessions::put);
    return shard;
  }

  /** Receives three words. */
  private interface Words {
    void accept(long first, long second, long third);
  }

  private static void read(DataInputView source, Words words) throws IOException {
    byte[] bytes = new byte[CHUNK * WORDS * Long.BYTES];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (int left = source.readInt(); left > 0; left -= CHUNK) {
      int count = Math.min(left, CHUNK);
      source.readFully(bytes, 0, count * WORDS * Long.BYTES);
      buffer.clear();
      for (int i = 0; i < count; i++) {
        words.accept(buffer.getLong(), buffer.getLong(), buffer.getLong());
      }
    }
  }

  @Override
  public HeapShard deserialize(HeapShard reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public TypeSerializerSnapshot<HeapShard> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<HeapShard> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
