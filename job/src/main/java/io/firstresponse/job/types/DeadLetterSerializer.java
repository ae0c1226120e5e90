package io.firstresponse.job.types;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Origin, position, reason by its code, detail, and the bytes kept. */
public final class DeadLetterSerializer extends ValueSerializer<DeadLetter> {

  static final DeadLetterSerializer INSTANCE = new DeadLetterSerializer();

  private static final long serialVersionUID = 1;

  private DeadLetterSerializer() {
    super(-1);
  }

  @Override
  public DeadLetter createInstance() {
    return new DeadLetter("", 0, Reason.EMPTY, "", new byte[0], 0);
  }

  @Override
  public void serialize(DeadLetter value, DataOutputView target) throws IOException {
    StringValue.writeString(value.origin(), target);
    target.writeLong(value.position());
    target.writeUTF(value.reason().name());
    StringValue.writeString(value.detail(), target);
    target.writeInt(value.raw().length);
    target.write(value.raw());
    target.writeLong(value.length());
  }

  @Override
  public DeadLetter deserialize(DataInputView source) throws IOException {
    String origin = StringValue.readString(source);
    long position = source.readLong();
    Reason reason = Reason.valueOf(source.readUTF());
    String detail = StringValue.readString(source);
    byte[] raw = new byte[source.readInt()];
    source.readFully(raw);
    return new DeadLetter(origin, position, reason, detail, raw, source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<DeadLetter> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<DeadLetter> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
