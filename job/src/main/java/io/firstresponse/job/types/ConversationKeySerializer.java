package io.firstresponse.job.types;

import io.firstresponse.job.domain.ConversationKey;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Two longs. */
public final class ConversationKeySerializer extends ValueSerializer<ConversationKey> {

  static final ConversationKeySerializer INSTANCE = new ConversationKeySerializer();

  private static final long serialVersionUID = 1;

  private ConversationKeySerializer() {
    super(2 * Long.BYTES);
  }

  @Override
  public ConversationKey createInstance() {
    return new ConversationKey(0, 0);
  }

  @Override
  public void serialize(ConversationKey value, DataOutputView target) throws IOException {
    target.writeLong(value.b());
    target.writeLong(value.a());
  }

  @Override
  public ConversationKey deserialize(DataInputView source) throws IOException {
    return new ConversationKey(source.readLong(), source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<ConversationKey> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<ConversationKey> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
