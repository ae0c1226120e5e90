package io.firstresponse.job.types;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.Texts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * A byte for the kind, then the message, the dead letter, or the messages of a record. The texts of
 * a message follow it.
 */
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
      write(message, target);
    } else if (value instanceof Mapped mapped) {
      target.writeByte(MAPPED);
      target.writeInt(mapped.handovers());
      target.writeInt(mapped.messages().size());
      for (Message message : mapped.messages()) {
        write(message, target);
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
      case MESSAGE -> read(source);
      case DEAD_LETTER -> DeadLetterSerializer.INSTANCE.deserialize(source);
      case MAPPED -> {
        int handovers = source.readInt();
        List<Message> messages = new ArrayList<>();
        for (int left = source.readInt(); left > 0; left--) {
          messages.add(read(source));
        }
        yield new Mapped(messages, handovers);
      }
      default -> throw new IOException("neither a message nor a dead letter: " + kind);
    };
  }

  private static void write(Message message, DataOutputView target) throws IOException {
    MessageSerializer.INSTANCE.serialize(message, target);
    Texts texts = message.texts();
    target.writeBoolean(texts.isEmpty());
    if (!texts.isEmpty()) {
      StringValue.writeString(texts.agentId(), target);
      StringValue.writeString(texts.customerId(), target);
      StringValue.writeString(texts.agentName(), target);
      StringValue.writeString(texts.customerName(), target);
      StringValue.writeString(texts.labels(), target);
    }
  }

  private static Message read(DataInputView source) throws IOException {
    Message message = MessageSerializer.INSTANCE.deserialize(source);
    if (source.readBoolean()) {
      return message;
    }
    return new Message(
        message.a(),
        message.b(),
        message.ts(),
        message.kind(),
        message.automated(),
        message.labels(),
        new Texts(
            StringValue.readString(source),
            StringValue.readString(source),
            StringValue.readString(source),
            StringValue.readString(source),
            StringValue.readString(source)));
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
