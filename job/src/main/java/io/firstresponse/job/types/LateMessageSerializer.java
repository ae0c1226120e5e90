package io.firstresponse.job.types;

import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The message, then the watermark. */
public final class LateMessageSerializer extends ValueSerializer<LateMessage> {

  static final LateMessageSerializer INSTANCE = new LateMessageSerializer();

  private static final long serialVersionUID = 1;

  private LateMessageSerializer() {
    super(-1);
  }

  @Override
  public LateMessage createInstance() {
    return new LateMessage(MessageSerializer.INSTANCE.createInstance(), 0);
  }

  @Override
  public void serialize(LateMessage value, DataOutputView target) throws IOException {
    MessageSerializer.INSTANCE.serialize(value.message(), target);
    target.writeLong(value.watermark());
  }

  @Override
  public LateMessage deserialize(DataInputView source) throws IOException {
    Message message = MessageSerializer.INSTANCE.deserialize(source);
    return new LateMessage(message, source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<LateMessage> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<LateMessage> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
