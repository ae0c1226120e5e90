package io.firstresponse.job.types;

import io.firstresponse.job.domain.Session;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Five longs. */
public final class SessionSerializer extends ValueSerializer<Session> {

  static final SessionSerializer INSTANCE = new SessionSerializer();

  private static final long serialVersionUID = 1;

  private SessionSerializer() {
    super(5 * Long.BYTES);
  }

  @Override
  public Session createInstance() {
    return Session.open(0, 0, 0);
  }

  @Override
  public void serialize(Session value, DataOutputView target) throws IOException {
    target.writeLong(value.b());
    target.writeLong(value.openedAt());
    target.writeLong(value.asked());
    target.writeLong(value.responder());
    target.writeLong(value.answeredAt());
  }

  @Override
  public Session deserialize(DataInputView source) throws IOException {
    return new Session(
        source.readLong(),
        source.readLong(),
        source.readLong(),
        source.readLong(),
        source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<Session> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<Session> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
