package io.firstresponse.job.types;

import io.firstresponse.job.domain.PendingMessages;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The messages of a key group that wait: how many (4 bytes), then time and direction, customer and
 * agent of each (24 bytes a message).
 *
 * <p>What lies in state is never changed there, only replaced; so it need not be copied.
 */
public final class PendingMessagesSerializer extends ValueSerializer<PendingMessages> {

  static final PendingMessagesSerializer INSTANCE = new PendingMessagesSerializer();

  private static final long serialVersionUID = 1;

  /** All in one: whoever goes on with them takes them over into buckets that suit. */
  private static final long ONE_BUCKET = Long.MAX_VALUE;

  private static final int MESSAGE_BYTES = 3 * Long.BYTES;

  /** Messages read at once: what a checkpoint is read from is not always buffered. */
  private static final int CHUNK = 512;

  private PendingMessagesSerializer() {
    super(-1);
  }

  @Override
  public PendingMessages createInstance() {
    return new PendingMessages(ONE_BUCKET);
  }

  @Override
  public void serialize(PendingMessages value, DataOutputView target) throws IOException {
    target.writeInt(value.size());
    value.forEach(
        (packed, b, a) -> {
          target.writeLong(packed);
          target.writeLong(b);
          target.writeLong(a);
        });
  }

  @Override
  public PendingMessages deserialize(DataInputView source) throws IOException {
    PendingMessages messages = createInstance();
    byte[] bytes = new byte[CHUNK * MESSAGE_BYTES];
    ByteBuffer words = ByteBuffer.wrap(bytes);
    for (int left = source.readInt(); left > 0; left -= CHUNK) {
      int count = Math.min(left, CHUNK);
      source.readFully(bytes, 0, count * MESSAGE_BYTES);
      words.clear();
      for (int i = 0; i < count; i++) {
        messages.add(words.getLong(), words.getLong(), words.getLong());
      }
    }
    return messages;
  }

  @Override
  public TypeSerializerSnapshot<PendingMessages> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<PendingMessages> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
