package io.firstresponse.job.types;

import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The session as five longs, and a byte. */
public final class SessionChangeSerializer extends ValueSerializer<SessionChange> {

  static final SessionChangeSerializer INSTANCE = new SessionChangeSerializer();

  private static final long serialVersionUID = 1;

  private SessionChangeSerializer() {
    super(5 * Long.BYTES + Byte.BYTES);
  }

  @Override
  public SessionChange createInstance() {
    return new SessionChange(Session.open(0, 0, 0), true);
  }

  @Override
  public void serialize(SessionChange value, DataOutputView target) throws IOException {
    Session session = value.session();
    target.writeLong(session.b());
    target.writeLong(session.openedAt());
    target.writeLong(session.asked());
    target.writeLong(session.responder());
    target.writeLong(session.answeredAt());
    target.writeBoolean(value.isNew());
  }

  @Override
  public SessionChange deserialize(DataInputView source) throws IOException {
    Session session =
        new Session(
            source.readLong(),
            source.readLong(),
            source.readLong(),
            source.readLong(),
            source.readLong());
    return new SessionChange(session, source.readBoolean());
  }

  @Override
  public TypeSerializerSnapshot<SessionChange> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<SessionChange> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
