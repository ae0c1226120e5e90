package io.firstresponse.job.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.Correction;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.HeapShard;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Naming;
import io.firstresponse.job.domain.OpenSession;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.StoredMessage;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.testing.TestLabels;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
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
  private static final Message WITH_TEXTS =
      new Message(1, 2, 3, MessageKind.AGENT, false, Texts.of(null, "客户 7", "Ann", null));
  private static final Message LABELLED =
      new Message(
          1,
          2,
          3,
          MessageKind.CUSTOMER,
          true,
          Long.MIN_VALUE,
          Texts.of(null, null, null, null, "{\"a\":\"b\"}"));
  private static final DeadLetter DEAD_LETTER =
      new DeadLetter(
          "file:ü", 7, DeadLetter.Reason.BAD_JSON, "söme \0 words", new byte[] {0, -1, 5}, 9);

  static Stream<List<Object>> values() {
    return Stream.of(
        List.of(JobTypes.MESSAGE, MESSAGE),
        List.of(JobTypes.MESSAGE, new Message(1, 2, 3, false)),
        List.of(JobTypes.MESSAGE, Message.close(1, 2, 3)),
        List.of(
            JobTypes.RECEIVED,
            new Message(-1, 2, 3, MessageKind.CLOSE, true, Texts.of(null, "c", null, null))),
        List.of(JobTypes.RECEIVED, MESSAGE),
        List.of(JobTypes.RECEIVED, WITH_TEXTS),
        List.of(JobTypes.RECEIVED, new Mapped(List.of(LABELLED, MESSAGE, LABELLED), 0)),
        List.of(JobTypes.LATE_MESSAGE, new LateMessage(TestLabels.with(MESSAGE, -7), 9)),
        List.of(JobTypes.RECEIVED, new Mapped(List.of(WITH_TEXTS, MESSAGE), 1)),
        List.of(JobTypes.NAMING, new Naming(-5, "U 1", "客服", -1)),
        List.of(JobTypes.NAMING, new Naming(5, null, null, 7)),
        List.of(JobTypes.RECEIVED, Mapped.NOTHING),
        List.of(JobTypes.RECEIVED, new Mapped(List.of(MESSAGE, new Message(1, 2, 3, false)), 4)),
        List.of(JobTypes.LATE_MESSAGE, new LateMessage(MESSAGE, Long.MAX_VALUE)),
        List.of(
            JobTypes.CORRECTION,
            new Correction(
                new Session(1, 2, 3, 4, 5), new Session(1, 2, 3, 6, 4), 4, 6, MessageKind.AGENT)),
        List.of(
            JobTypes.CORRECTION,
            new Correction(new Session(1, 2, 3, 4, 5), null, 1, 3, MessageKind.CUSTOMER)),
        List.of(
            JobTypes.CORRECTION,
            new Correction(
                Session.open(1, 2, 3), Session.open(1, 2, 3).closed(9), 9, -1, MessageKind.CLOSE)),
        List.of(JobTypes.SESSION_CHANGE, SessionChange.settled(new Session(1, 2, 3, 4, 5), true)),
        List.of(
            JobTypes.SESSION_CHANGE,
            SessionChange.settled(new Session(1, Message.MIN_TS, 3, 4, 5, -6), true)),
        List.of(
            JobTypes.CORRECTION,
            new Correction(
                Session.open(1, 2, 3, 4), Session.open(1, 2, 3), 9, -1, MessageKind.CUSTOMER)),
        List.of(JobTypes.OPEN_SESSION, new OpenSession(-1, Long.MAX_VALUE)),
        List.of(JobTypes.OPEN_SESSION, new OpenSession(Message.MIN_TS, 5, 1)),
        List.of(JobTypes.OPEN_SESSION, new OpenSession(Message.MAX_TS, -1, Long.MIN_VALUE)),
        List.of(JobTypes.STORED_MESSAGE, StoredMessage.of(5L << 5, 2, 3, 0)),
        List.of(JobTypes.STORED_MESSAGE, StoredMessage.of(5L << 5 | 4, 2, 3, -1)),
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

  /** They leave at the intake: the engine and its state have the keys only. */
  @Test
  void textsDoNotGoWithMessages() throws IOException {
    TypeSerializer<Message> serializer =
        JobTypes.MESSAGE.createSerializer(new SerializerConfigImpl());
    assertThat(roundTrip(serializer, WITH_TEXTS)).isEqualTo(new Message(1, 2, 3, true));
    assertThat(bytes(serializer, WITH_TEXTS)).hasSize(25);
    assertThat(roundTrip(serializer, LABELLED))
        .isEqualTo(TestLabels.with(new Message(1, 2, 3, false, true), Long.MIN_VALUE));
    assertThat(bytes(serializer, LABELLED)).hasSize(33);
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
  void shardsSurvive() throws IOException {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      ResponseMode mode =
          random.nextBoolean() ? ResponseMode.ANY_AGENT : ResponseMode.ADDRESSED_AGENT;
      HeapShard shard = new HeapShard(mode);
      if (seed % 3 == 0) {
        shard.prepareForLive();
      }
      int labelled = random.nextInt(3);
      for (int i = random.nextInt(seed % 10 == 0 ? 3_000 : 50); i > 0; i--) {
        long labels = random.nextInt(4) < labelled ? random.nextLong() : Message.NO_LABELS;
        shard.add(
            new Message(
                random.nextLong(),
                random.nextLong(),
                random.nextInt(),
                MessageKind.ofCode(random.nextInt(3)),
                false,
                labels,
                Texts.NONE));
        shard.openSessions().put(random.nextLong(), random.nextInt(), random.nextLong(), labels);
      }
      HeapShard same = roundTrip(HeapShardSerializer.INSTANCE, shard);
      assertThat(same.mode()).isEqualTo(mode);
      assertThat(strings(same)).as("seed %d", seed).isEqualTo(strings(shard));
    }
  }

  @Test
  void theBytesWithoutLabelsAreThoseOfFormat1() throws IOException {
    HeapShard shard = new HeapShard(ResponseMode.ANY_AGENT);
    shard.add(new Message(3, 7, 5, true));
    shard.add(Message.close(3, 7, 5));
    shard.openSessions().put(8, 9, 10, Message.NO_LABELS);
    assertThat(hex(HeapShardSerializer.INSTANCE, shard))
        .isEqualTo(
            "0009616e792d6167656e74"
                + ("00000002" + "00000000000000a8" + "0000000000000007" + "0000000000000003")
                + ("00000000000000b0" + "0000000000000007" + "0000000000000003")
                + ("00000001" + "0000000000000008" + "0000000000000009" + "000000000000000a"));
    assertThat(hex(OpenSessionSerializer.INSTANCE, new OpenSession(1, 2)))
        .isEqualTo("0000000000000001" + "0000000000000002");
    assertThat(hex(ConversationKeySerializer.INSTANCE, new ConversationKey(1, -1)))
        .isEqualTo("0000000000000001" + "ffffffffffffffff");
  }

  @Test
  void theBytesAreThoseOfFormat2() throws IOException {
    HeapShard shard = new HeapShard(ResponseMode.ANY_AGENT);
    shard.add(TestLabels.with(new Message(3, 7, 5, false), 17));
    shard.add(new Message(3, 7, 5, true));
    shard.openSessions().put(8, 9, 10, 18);
    assertThat(hex(HeapShardSerializer.INSTANCE, shard))
        .isEqualTo(
            "0009616e792d6167656e74"
                + ("00000002" + "00000000000000a4" + "0000000000000007" + "0000000000000003")
                + ("00000000000000a8" + "0000000000000007" + "0000000000000003")
                + "0000000000000011"
                + ("00000001" + "0000000000000008" + "4000000000000009" + "000000000000000a")
                + "0000000000000012");
    assertThat(hex(OpenSessionSerializer.INSTANCE, new OpenSession(-1, 2, 3)))
        .isEqualTo("bfffffffffffffff" + "0000000000000002" + "0000000000000003");
    assertThat(hex(StoredMessageSerializer.INSTANCE, StoredMessage.of(0xa5, 7, 3, 17)))
        .isEqualTo(
            "80000000000000a4" + "0000000000000007" + "0000000000000003" + "0000000000000011");
    assertThat(hex(StoredMessageSerializer.INSTANCE, StoredMessage.of(0xa1, 7, 3, 0)))
        .isEqualTo("80000000000000a0" + "0000000000000007" + "0000000000000003");
  }

  /** So that a map keeps its keys, and nothing is rewritten. */
  @Test
  void stateOfFormat1IsReadAsItIs() throws IOException {
    for (VersionedSnapshot<?> snapshot :
        List.of(
            new HeapShardSerializer.Snapshot(),
            new OpenSessionSerializer.Snapshot(),
            new StoredMessageSerializer.Snapshot())) {
      assertReads(snapshot, 1);
    }
  }

  private <T> void assertReads(VersionedSnapshot<T> old, int version) throws IOException {
    TypeSerializerSnapshot<T> now = old.restoreSerializer().snapshotConfiguration();
    old.readSnapshot(version, new DataInputDeserializer(), getClass().getClassLoader());
    assertThat(now.resolveSchemaCompatibility(old).isCompatibleAsIs()).isTrue();
    assertThat(old.resolveSchemaCompatibility(now).isIncompatible()).isTrue();
  }

  @Test
  void snapshotsAreReadBackAndAgree() throws IOException {
    for (TypeSerializer<?> serializer :
        List.of(
            OpenSessionSerializer.INSTANCE,
            HeapShardSerializer.INSTANCE,
            StoredMessageSerializer.INSTANCE,
            ConversationKeySerializer.INSTANCE,
            MessageSerializer.INSTANCE)) {
      assertAgrees(serializer);
    }
  }

  @Test
  void stateOfALaterFormatIsRefusedInWords() {
    assertThatThrownBy(
            () ->
                new HeapShardSerializer.Snapshot()
                    .readSnapshot(3, new DataInputDeserializer(), getClass().getClassLoader()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("format 3")
        .hasMessageContaining("reads formats 1 to 2");
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

  private static Set<String> strings(HeapShard shard) {
    Set<String> strings = new TreeSet<>();
    shard
        .waiting()
        .forEach((packed, b, a, labels) -> strings.add(packed + " " + b + " " + a + " " + labels));
    shard
        .openSessions()
        .forEach(
            (b, at, asked, labels) ->
                strings.add("open " + b + " " + at + " " + asked + " " + labels));
    return strings;
  }

  private static <T> String hex(TypeSerializer<T> serializer, T value) throws IOException {
    return HexFormat.of().formatHex(bytes(serializer, value));
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
