package io.firstresponse.job.types;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.OpenSession;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Two longs: the time of opening, see {@link OpeningTime}, and the agent asked; and the labels as a
 * third one, if there are some.
 */
public final class OpenSessionSerializer extends ValueSerializer<OpenSession> {

  static final OpenSessionSerializer INSTANCE = new OpenSessionSerializer();

  private static final long serialVersionUID = 1;

  private OpenSessionSerializer() {
    super(-1);
  }

  @Override
  public OpenSession createInstance() {
    return new OpenSession(0, 0);
  }

  @Override
  public void serialize(OpenSession value, DataOutputView target) throws IOException {
    target.writeLong(OpeningTime.written(value.openedAt(), value.labels()));
    target.writeLong(value.asked());
    if (value.labels() != Message.NO_LABELS) {
      target.writeLong(value.labels());
    }
  }

  @Override
  public OpenSession deserialize(DataInputView source) throws IOException {
    long written = source.readLong();
    long asked = source.readLong();
    long labels = OpeningTime.hasLabels(written) ? source.readLong() : Message.NO_LABELS;
    return new OpenSession(OpeningTime.read(written), asked, labels);
  }

  @Override
  public TypeSerializerSnapshot<OpenSession> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 2. Format 1 has no labels, and is otherwise the same. */
  public static final class Snapshot extends VersionedSnapshot<OpenSession> {
    public Snapshot() {
      super(2, 1, version -> INSTANCE);
    }
  }
}
