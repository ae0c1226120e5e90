package io.firstresponse.job.types;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The session as five longs, or six with labels, and three bytes. */
public final class SessionChangeSerializer extends ValueSerializer<SessionChange> {

  static final SessionChangeSerializer INSTANCE = new SessionChangeSerializer();

  private static final long serialVersionUID = 1;

  private SessionChangeSerializer() {
    super(-1);
  }

  @Override
  public SessionChange createInstance() {
    return SessionChange.settled(Session.open(0, 0, 0), true);
  }

  @Override
  public void serialize(SessionChange value, DataOutputView target) throws IOException {
    write(value.session(), target);
    target.writeByte(value.kind().code());
    target.writeBoolean(value.isFinal());
    target.writeBoolean(value.endsGroup());
  }

  @Override
  public SessionChange deserialize(DataInputView source) throws IOException {
    Session session = read(source);
    return new SessionChange(
        session,
        SessionChange.Kind.of(source.readByte()),
        source.readBoolean(),
        source.readBoolean());
  }

  static void write(Session session, DataOutputView target) throws IOException {
    target.writeLong(session.b());
    target.writeLong(OpeningTime.written(session.openedAt(), session.labels()));
    target.writeLong(session.asked());
    target.writeLong(session.responder());
    target.writeLong(session.endedAt());
    if (session.labels() != Message.NO_LABELS) {
      target.writeLong(session.labels());
    }
  }

  static Session read(DataInputView source) throws IOException {
    long b = source.readLong();
    long written = source.readLong();
    long asked = source.readLong();
    long responder = source.readLong();
    long endedAt = source.readLong();
    long labels = OpeningTime.hasLabels(written) ? source.readLong() : Message.NO_LABELS;
    return new Session(b, OpeningTime.read(written), asked, responder, endedAt, labels);
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
