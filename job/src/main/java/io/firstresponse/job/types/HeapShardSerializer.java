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
 * The format: the response mode by its code; the number of waiting messages (4 bytes) and for each
 * the packed time, the customer and the agent (24 bytes); the number of open sessions (4 bytes) and
 * for each the customer, the time of opening and the agent asked (24 bytes).
 *
 * <p>Reserved for a later format 2: a message whose bit for labels is set, and an open session with
 * labels, are followed by one more long with the labels.
 */
public final class HeapShardSerializer extends TypeSerializerSingleton<HeapShard> {

  static final HeapShardSerializer INSTANCE = new HeapShardSerializer();

  private static final long serialVersionUID = 1;

  private static final int LONGS = 3;

  /** The number of entries read together, since the stream of a checkpoint may be unbuffered. */
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

  /** The snapshot reads the original, which is not changed any more; the copy is used instead. */
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

  /** Receives the three longs of an entry. */
  private interface Longs {
    void accept(long first, long second, long third);
  }

  private static void read(DataInputView source, Longs longs) throws IOException {
    byte[] bytes = new byte[CHUNK * LONGS * Long.BYTES];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (int left = source.readInt(); left > 0; left -= CHUNK) {
      int count = Math.min(left, CHUNK);
      source.readFully(bytes, 0, count * LONGS * Long.BYTES);
      buffer.clear();
      for (int i = 0; i < count; i++) {
        longs.accept(buffer.getLong(), buffer.getLong(), buffer.getLong());
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
