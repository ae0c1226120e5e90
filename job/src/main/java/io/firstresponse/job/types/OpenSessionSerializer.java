package io.firstresponse.job.types;

import io.firstresponse.job.domain.OpenSession;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Two longs. */
public final class OpenSessionSerializer extends ValueSerializer<OpenSession> {

  static final OpenSessionSerializer INSTANCE = new OpenSessionSerializer();

  private static final long serialVersionUID = 1;

  private OpenSessionSerializer() {
    super(2 * Long.BYTES);
  }

  @Override
  public OpenSession createInstance() {
    return new OpenSession(0, 0);
  }

  @Override
  public void serialize(OpenSession value, DataOutputView target) throws IOException {
    target.writeLong(value.openedAt());
    target.writeLong(value.asked());
  }

  @Override
  public OpenSession deserialize(DataInputView source) throws IOException {
    return new OpenSession(source.readLong(), source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<OpenSession> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<OpenSession> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
