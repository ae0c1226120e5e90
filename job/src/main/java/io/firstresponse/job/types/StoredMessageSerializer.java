package io.firstresponse.job.types;

import io.firstresponse.job.domain.StoredMessage;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Three longs. The bytes sort by the time of the message. Reserved for a later format 2: a message
 * whose bit for labels is set is followed by one more long with the labels.
 */
public final class StoredMessageSerializer extends ValueSerializer<StoredMessage> {

  static final StoredMessageSerializer INSTANCE = new StoredMessageSerializer();

  private static final long serialVersionUID = 1;

  private StoredMessageSerializer() {
    super(3 * Long.BYTES);
  }

  @Override
  public StoredMessage createInstance() {
    return new StoredMessage(0, 0, 0);
  }

  @Override
  public void serialize(StoredMessage value, DataOutputView target) throws IOException {
    target.writeLong(value.sortable());
    target.writeLong(value.b());
    target.writeLong(value.a());
  }

  @Override
  public StoredMessage deserialize(DataInputView source) throws IOException {
    return new StoredMessage(source.readLong(), source.readLong(), source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<StoredMessage> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<StoredMessage> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
