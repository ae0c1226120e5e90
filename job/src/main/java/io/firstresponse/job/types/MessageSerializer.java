package io.firstresponse.job.types;

import io.firstresponse.job.domain.Message;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * 25 bytes: {@code a}, {@code b}, {@code ts}, then a byte of flags. The texts of a message stay at
 * the intake.
 */
public final class MessageSerializer extends ValueSerializer<Message> {

  static final MessageSerializer INSTANCE = new MessageSerializer();

  private static final long serialVersionUID = 1;

  private static final int DIRECT = 1;
  private static final int AUTOMATED = 2;

  private MessageSerializer() {
    super(3 * Long.BYTES + 1);
  }

  @Override
  public Message createInstance() {
    return new Message(0, 0, 0, false);
  }

  @Override
  public void serialize(Message value, DataOutputView target) throws IOException {
    target.writeLong(value.a());
    target.writeLong(value.b());
    target.writeLong(value.ts());
    target.writeByte((value.direct() ? DIRECT : 0) | (value.automated() ? AUTOMATED : 0));
  }

  @Override
  public Message deserialize(DataInputView source) throws IOException {
    long a = source.readLong();
    long b = source.readLong();
    long ts = source.readLong();
    int flags = source.readByte();
    return new Message(a, b, ts, (flags & DIRECT) != 0, (flags & AUTOMATED) != 0);
  }

  @Override
  public TypeSerializerSnapshot<Message> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<Message> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
