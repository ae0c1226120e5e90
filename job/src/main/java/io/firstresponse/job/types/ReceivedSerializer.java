package io.firstresponse.job.types;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A byte for the kind, then the message or the dead letter. */
public final class ReceivedSerializer extends ValueSerializer<Received> {

  static final ReceivedSerializer INSTANCE = new ReceivedSerializer();

  private static final long serialVersionUID = 1;

  private static final byte MESSAGE = 0;
  private static final byte DEAD_LETTER = 1;

  private ReceivedSerializer() {
    super(-1);
  }

  @Override
  public Received createInstance() {
    return MessageSerializer.INSTANCE.createInstance();
  }

  @Override
  public void serialize(Received value, DataOutputView target) throws IOException {
    if (value instanceof Message message) {
      target.writeByte(MESSAGE);
      MessageSerializer.INSTANCE.serialize(message, target);
    } else {
      target.writeByte(DEAD_LETTER);
      DeadLetterSerializer.INSTANCE.serialize((DeadLetter) value, target);
    }
  }

  @Override
  public Received deserialize(DataInputView source) throws IOException {
    byte kind = source.readByte();
    return switch (kind) {
      case MESSAGE -> MessageSerializer.INSTANCE.deserialize(source);
      case DEAD_LETTER -> DeadLetterSerializer.INSTANCE.deserialize(source);
      default -> throw new IOException("neither a message nor a dead letter: " + kind);
    };
  }

  @Override
  public TypeSerializerSnapshot<Received> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<Received> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
