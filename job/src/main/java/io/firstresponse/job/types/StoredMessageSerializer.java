package io.firstresponse.job.types;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.StoredMessage;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Three longs, and the labels as a fourth one, if the first one says that there are some. The bytes
 * sort by the time of the message.
 */
public final class StoredMessageSerializer extends ValueSerializer<StoredMessage> {

  static final StoredMessageSerializer INSTANCE = new StoredMessageSerializer();

  private static final long serialVersionUID = 1;

  private StoredMessageSerializer() {
    super(-1);
  }

  @Override
  public StoredMessage createInstance() {
    return new StoredMessage(0, 0, 0, Message.NO_LABELS);
  }

  @Override
  public void serialize(StoredMessage value, DataOutputView target) throws IOException {
    target.writeLong(value.sortable());
    target.writeLong(value.b());
    target.writeLong(value.a());
    if (StoredMessage.hasLabels(value.sortable())) {
      target.writeLong(value.labels());
    }
  }

  @Override
  public StoredMessage deserialize(DataInputView source) throws IOException {
    long sortable = source.readLong();
    long b = source.readLong();
    long a = source.readLong();
    long labels = StoredMessage.hasLabels(sortable) ? source.readLong() : Message.NO_LABELS;
    return new StoredMessage(sortable, b, a, labels);
  }

  @Override
  public TypeSerializerSnapshot<StoredMessage> snapshotConfiguration() {
    return new Snapshot();
  }

  /**
   * Format 2. Format 1 has no labels, and is otherwise the same: keys of a map stay as they are.
   */
  public static final class Snapshot extends VersionedSnapshot<StoredMessage> {
    public Snapshot() {
      super(2, 1, version -> INSTANCE);
    }
  }
}
