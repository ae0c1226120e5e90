package io.firstresponse.job.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.Conversation;
import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.PendingMessages;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.Session;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SerializersTest {

  private static final Message MESSAGE = new Message(-5, 1L << 40, -1, true, true);
  private static final DeadLetter DEAD_LETTER =
      new DeadLetter(
          "file:ü", 7, DeadLetter.Reason.BAD_JSON, "söme \0 words", new byte[] {0, -1, 5}, 9);

  static Stream<List<Object>> values() {
    return Stream.of(
        List.of(JobTypes.MESSAGE, MESSAGE),
        List.of(JobTypes.MESSAGE, new Message(1, 2, 3, false)),
        List.of(JobTypes.RECEIVED, MESSAGE),
        List.of(JobTypes.LATE_MESSAGE, new LateMessage(MESSAGE, Long.MAX_VALUE)),
        List.of(JobTypes.SESSION, new Session(1, 2, 3, 4, 5)),
        List.of(JobTypes.CONVERSATION_KEY, new ConversationKey(Long.MIN_VALUE, Long.MAX_VALUE)));
  }

  @ParameterizedTest
  @MethodSource("values")
  @SuppressWarnings("unchecked")
  void valuesSurvive(List<Object> example) throws IOException {
    TypeSerializer<Object> serializer =
        ((TypeInformation<Object>) example.get(0)).createSerializer(new SerializerConfigImpl());
    assertThat(roundTrip(serializer, example.get(1))).isEqualTo(example.get(1));
    if (serializer.getLength() >= 0) {
      assertThat(bytes(serializer, example.get(1))).hasSize(serializer.getLength());
    }
  }

  @Test
  void deadLettersSurvive() throws IOException {
    for (TypeInformation<? extends Received> type :
        List.of(JobTypes.DEAD_LETTER, JobTypes.RECEIVED)) {
      @SuppressWarnings("unchecked")
      TypeSerializer<Received> serializer =
          (TypeSerializer<Received>) type.createSerializer(new SerializerConfigImpl());
      assertThat(roundTrip(serializer, DEAD_LETTER))
          .usingRecursiveComparison()
          .isEqualTo(DEAD_LETTER);
    }
  }

  @Test
  void conversationsSurvive() throws IOException {
    for (long seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      PendingMessages pending = new PendingMessages();
      for (int i = random.nextInt(20); i > 0; i--) {
        pending.add(
            new Message(random.nextLong(), 0, random.nextLong() >> 6, random.nextBoolean()));
      }
      Conversation conversation =
          random.nextBoolean()
              ? Conversation.closed(pending)
              : Conversation.open(random.nextLong(), random.nextLong(), pending);
      for (Conversation same :
          List.of(
              roundTrip(ConversationSerializer.INSTANCE, conversation),
              ConversationSerializer.INSTANCE.copy(conversation))) {
        assertThat(same.isOpen()).as("seed %d", seed).isEqualTo(conversation.isOpen());
        assertThat(same.openedAt()).isEqualTo(conversation.openedAt());
        assertThat(same.asked()).isEqualTo(conversation.asked());
        assertThat(same.pending().toArray()).isEqualTo(conversation.pending().toArray());
      }
    }
  }

  @Test
  void aConversationsBytesAreThoseOfFormat1() throws IOException {
    PendingMessages pending = new PendingMessages();
    pending.add(new Message(3, 0, 5, true));
    assertThat(
            HexFormat.of()
                .formatHex(
                    bytes(ConversationSerializer.INSTANCE, Conversation.open(1, 2, pending))))
        .isEqualTo(
            "00000003"
                + "0000000000000001"
                + "0000000000000002"
                + "000000000000000b"
                + "0000000000000003");
  }

  @Test
  void snapshotsAreReadBackAndAgree() throws IOException {
    for (TypeSerializer<?> serializer :
        List.of(
            ConversationSerializer.INSTANCE,
            ConversationKeySerializer.INSTANCE,
            MessageSerializer.INSTANCE)) {
      assertAgrees(serializer);
    }
  }

  @Test
  void stateOfALaterFormatIsRefusedInWords() {
    assertThatThrownBy(
            () ->
                new ConversationSerializer.Snapshot()
                    .readSnapshot(2, new DataInputDeserializer(), getClass().getClassLoader()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("format 2")
        .hasMessageContaining("reads formats 1 to 1");
  }

  private static <T> void assertAgrees(TypeSerializer<T> serializer) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(
        out, serializer.snapshotConfiguration());
    TypeSerializerSnapshot<T> restored =
        TypeSerializerSnapshotSerializationUtil.readSerializerSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()),
            SerializersTest.class.getClassLoader());
    assertThat(
            serializer
                .snapshotConfiguration()
                .resolveSchemaCompatibility(restored)
                .isCompatibleAsIs())
        .isTrue();
    assertThat(restored.restoreSerializer()).isEqualTo(serializer);
  }

  private static <T> byte[] bytes(TypeSerializer<T> serializer, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    return out.getCopyOfBuffer();
  }

  private static <T> T roundTrip(TypeSerializer<T> serializer, T value) throws IOException {
    DataOutputSerializer copied = new DataOutputSerializer(64);
    serializer.copy(new DataInputDeserializer(bytes(serializer, value)), copied);
    return serializer.deserialize(new DataInputDeserializer(copied.getCopyOfBuffer()));
  }
}
