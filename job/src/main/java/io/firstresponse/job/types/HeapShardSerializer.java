package io.firstresponse.job.types;

import io.firstresponse.job.domain.HeapShard;
import io.firstresponse.job.domain.Message;
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
 * for each the customer, the time of opening (see {@link OpeningTime}) and the agent asked (24
 * bytes).
 *
 * <p>Labels come after every {@value #CHUNK} messages or sessions, and after the last ones: 8 bytes
 * for each of them that has some.
 */
public final class HeapShardSerializer extends TypeSerializerSingleton<HeapShard> {

  static final HeapShardSerializer INSTANCE = new HeapShardSerializer();

  private static final long serialVersionUID = 1;

  private static final int LONGS = 3;

  /**
   * The number of entries read together, since the stream of a checkpoint may be unbuffered. It is
   * part of the format.
   */
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
    Labels ofMessages = new Labels(target);
    shard
        .waiting()
        .forEach(
            (packed, b, a, labels) -> {
              target.writeLong(MessageOrder.stored(packed));
              target.writeLong(b);
              target.writeLong(a);
              ofMessages.add(labels);
            });
    ofMessages.write();
    target.writeInt(shard.openSessions().size());
    Labels ofSessions = new Labels(target);
    shard
        .openSessions()
        .forEach(
            (b, openedAt, asked, labels) -> {
              target.writeLong(b);
              target.writeLong(OpeningTime.written(openedAt, labels));
              target.writeLong(asked);
              ofSessions.add(labels);
            });
    ofSessions.write();
  }

  /** The labels of a chunk that is being written. */
  private static final class Labels {

    private final DataOutputView target;
    private long[] labels = new long[0];
    private int used;
    private int entries;

    Labels(DataOutputView target) {
      this.target = target;
    }

    /** Takes the labels of the entry that was written last. */
    void add(long ofEntry) throws IOException {
      if (ofEntry != Message.NO_LABELS) {
        if (labels.length == 0) {
          labels = new long[CHUNK];
        }
        labels[used++] = ofEntry;
      }
      entries++;
      if (entries == CHUNK) {
        write();
      }
    }

    void write() throws IOException {
      for (int i = 0; i < used; i++) {
        target.writeLong(labels[i]);
      }
      used = 0;
      entries = 0;
    }
  }

  @Override
  public HeapShard deserialize(DataInputView source) throws IOException {
    HeapShard shard = new HeapShard(ResponseMode.of(source.readUTF()));
    WaitingMessages waiting = shard.waiting();
    read(source, (packed, b, a) -> MessageOrder.hasLabels(packed), waiting::add);
    OpenTable openSessions = shard.openSessions();
    read(
        source,
        (b, written, asked) -> OpeningTime.hasLabels(written),
        (b, written, asked, labels) ->
            openSessions.put(b, OpeningTime.read(written), asked, labels));
    return shard;
  }

  /** Whether an entry with these longs has labels. */
  private interface IsLabelled {
    boolean test(long first, long second, long third);
  }

  /** Receives the three longs of an entry, and its labels. */
  private interface Longs {
    void accept(long first, long second, long third, long labels);
  }

  private static void read(DataInputView source, IsLabelled isLabelled, Longs longs)
      throws IOException {
    byte[] bytes = new byte[CHUNK * LONGS * Long.BYTES];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (int left = source.readInt(); left > 0; left -= CHUNK) {
      int count = Math.min(left, CHUNK);
      source.readFully(bytes, 0, count * LONGS * Long.BYTES);
      ByteBuffer labels = labels(source, bytes, count, isLabelled);
      buffer.clear();
      for (int i = 0; i < count; i++) {
        long first = buffer.getLong();
        long second = buffer.getLong();
        long third = buffer.getLong();
        boolean labelled = isLabelled.test(first, second, third);
        longs.accept(first, second, third, labelled ? labels.getLong() : Message.NO_LABELS);
      }
    }
  }

  /** Reads the labels that follow the entries of a chunk. */
  private static ByteBuffer labels(
      DataInputView source, byte[] entries, int count, IsLabelled isLabelled) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(entries);
    int labelled = 0;
    for (int i = 0; i < count; i++) {
      labelled += isLabelled.test(buffer.getLong(), buffer.getLong(), buffer.getLong()) ? 1 : 0;
    }
    byte[] labels = new byte[labelled * Long.BYTES];
    source.readFully(labels);
    return ByteBuffer.wrap(labels);
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

  /** Format 2. Format 1 has no labels, and is otherwise the same. */
  public static final class Snapshot extends VersionedSnapshot<HeapShard> {
    public Snapshot() {
      super(2, 1, version -> INSTANCE);
    }
  }
}
