package io.firstresponse.job.types;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Texts;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * 25 bytes: {@code a}, {@code b}, {@code ts}, then a byte of flags; and 8 bytes with the key of the
 * labels, if there are some. The texts of a message stay at the intake.
 */
public final class MessageSerializer extends ValueSerializer<Message> {

  static final MessageSerializer INSTANCE = new MessageSerializer();

  private static final long serialVersionUID = 1;

  private static final int DIRECT = 1;
  private static final int AUTOMATED = 2;
  private static final int CLOSE = 4;
  private static final int LABELS = 8;

  private MessageSerializer() {
    super(-1);
  }

  @Override
  public Message createInstance() {
    return new Message(0, 0, 0, false);
  }

  @Override
  public void serialize(Message value, DataOutputView target) throws IOException {
    target.writeLong(value.a());
    target.writeLong(value.b());
    target.writeLong(value.ts());
    int kind =
        switch (value.kind()) {
          case CUSTOMER -> 0;
          case AGENT -> DIRECT;
          case CLOSE -> CLOSE;
        };
    boolean labelled = value.labels() != Message.NO_LABELS;
    target.writeByte(kind | (value.automated() ? AUTOMATED : 0) | (labelled ? LABELS : 0));
    if (labelled) {
      target.writeLong(value.labels());
    }
  }

  @Override
  public Message deserialize(DataInputView source) throws IOException {
    long a = source.readLong();
    long b = source.readLong();
    long ts = source.readLong();
    int flags = source.readByte();
    MessageKind kind =
        (flags & CLOSE) != 0 ? MessageKind.CLOSE : MessageKind.of((flags & DIRECT) != 0);
    long labels = (flags & LABELS) != 0 ? source.readLong() : Message.NO_LABELS;
    return new Message(a, b, ts, kind, (flags & AUTOMATED) != 0, labels, Texts.NONE);
  }

  @Override
  public TypeSerializerSnapshot<Message> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<Message> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
