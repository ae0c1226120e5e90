package io.firstresponse.job.types;

import io.firstresponse.job.domain.Naming;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** The key, the time, the id and the name. */
public final class NamingSerializer extends ValueSerializer<Naming> {

  static final NamingSerializer INSTANCE = new NamingSerializer();

  private static final long serialVersionUID = 1;

  private NamingSerializer() {
    super(-1);
  }

  @Override
  public Naming createInstance() {
    return new Naming(0, null, null, 0);
  }

  @Override
  public void serialize(Naming value, DataOutputView target) throws IOException {
    target.writeLong(value.key());
    target.writeLong(value.ts());
    StringValue.writeString(value.id(), target);
    StringValue.writeString(value.name(), target);
  }

  @Override
  public Naming deserialize(DataInputView source) throws IOException {
    long key = source.readLong();
    long ts = source.readLong();
    String id = StringValue.readString(source);
    return new Naming(key, id, StringValue.readString(source), ts);
  }

  @Override
  public TypeSerializerSnapshot<Naming> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<Naming> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
