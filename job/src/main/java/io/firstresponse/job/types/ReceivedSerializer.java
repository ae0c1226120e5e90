package io.firstresponse.job.types;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A byte for the kind, then the message, the dead letter, or the messages of a record. */
public final class ReceivedSerializer extends ValueSerializer<Received> {

  static final ReceivedSerializer INSTANCE = new ReceivedSerializer();

  private static final long serialVersionUID = 1;

  private static final byte MESSAGE = 0;
  private static final byte DEAD_LETTER = 1;
  private static final byte MAPPED = 2;

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
    } else if (value instanceof Mapped mapped) {
      target.writeByte(MAPPED);
      target.writeInt(mapped.events());
      target.writeInt(mapped.messages().size());
      for (Message message : mapped.messages()) {
        MessageSerializer.INSTANCE.serialize(message, target);
      }
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
      case MAPPED -> {
        int events = source.readInt();
        List<Message> messages = new ArrayList<>();
        for (int left = source.readInt(); left > 0; left--) {
          messages.add(MessageSerializer.INSTANCE.deserialize(source));
        }
        yield new Mapped(messages, events);
      }
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
