package io.firstresponse.job.types;

import io.firstresponse.job.domain.Conversation;
import io.firstresponse.job.domain.PendingMessages;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The state of a key: twice the number of messages that wait, plus one if a session is open (4
 * bytes); if one is, when it was opened and the agent asked (16 bytes); then 16 bytes a message
 * that waits.
 */
public final class ConversationSerializer extends TypeSerializerSingleton<Conversation> {

  static final ConversationSerializer INSTANCE = new ConversationSerializer();

  private static final long serialVersionUID = 1;

  private ConversationSerializer() {}

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public Conversation createInstance() {
    return new Conversation();
  }

  @Override
  public Conversation copy(Conversation from) {
    return from.copy();
  }

  @Override
  public Conversation copy(Conversation from, Conversation reuse) {
    return from.copy();
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(Conversation value, DataOutputView target) throws IOException {
    long[] pending = value.pending().toArray();
    target.writeInt(pending.length | (value.isOpen() ? 1 : 0));
    if (value.isOpen()) {
      target.writeLong(value.openedAt());
      target.writeLong(value.asked());
    }
    for (long word : pending) {
      target.writeLong(word);
    }
  }

  @Override
  public Conversation deserialize(DataInputView source) throws IOException {
    int head = source.readInt();
    boolean open = (head & 1) == 1;
    long openedAt = open ? source.readLong() : 0;
    long asked = open ? source.readLong() : 0;
    long[] words = new long[head & ~1];
    for (int i = 0; i < words.length; i++) {
      words[i] = source.readLong();
    }
    PendingMessages pending = PendingMessages.of(words);
    return open ? Conversation.open(openedAt, asked, pending) : Conversation.closed(pending);
  }

  @Override
  public Conversation deserialize(Conversation reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public TypeSerializerSnapshot<Conversation> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Format 1. */
  public static final class Snapshot extends VersionedSnapshot<Conversation> {
    public Snapshot() {
      super(1, version -> INSTANCE);
    }
  }
}
