package io.firstresponse.job.types;

import io.firstresponse.job.domain.Correction;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Session;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The two sessions as five or six longs each, with a byte before the second one, and the cause. */
public final class CorrectionSerializer extends ValueSerializer<Correction> {

  static final CorrectionSerializer INSTANCE = new CorrectionSerializer();

  private static final long serialVersionUID = 1;

  private CorrectionSerializer() {
    super(-1);
  }

  @Override
  public Correction createInstance() {
    return new Correction(Session.open(0, 0, 0), null, 0, 0, MessageKind.CUSTOMER);
  }

  @Override
  public void serialize(Correction value, DataOutputView target) throws IOException {
    SessionChangeSerializer.write(value.was(), target);
    target.writeBoolean(value.became() != null);
    if (value.became() != null) {
      SessionChangeSerializer.write(value.became(), target);
    }
    target.writeLong(value.causeAt());
    target.writeLong(value.causeAgent());
    target.writeByte(value.causeKind().code());
  }

  @Override
  public Correction deserialize(DataInputView source) throws IOException {
    Session was = SessionChangeSerializer.read(source);
    Session became = source.readBoolean() ? SessionChangeSerializer.read(source) : null;
    return new Correction(
        was, became, source.readLong(), source.readLong(), MessageKind.ofCode(source.readByte()));
  }

  @Override
  public TypeSerializerSnapshot<Correction> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<Correction> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
