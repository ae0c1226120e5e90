package io.firstresponse.benchmarks.jmh;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.OpenSession;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.types.JobTypes;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Serializes a value and reads it back, as between tasks and in RocksDB. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class SerializerBenchmark {

  private final DataOutputSerializer out = new DataOutputSerializer(256);
  private final DataInputDeserializer in = new DataInputDeserializer();
  private final TypeSerializer<Message> messages = serializer(JobTypes.MESSAGE);
  private final TypeSerializer<ConversationKey> keys = serializer(JobTypes.CONVERSATION_KEY);
  private final TypeSerializer<SessionChange> changes = serializer(JobTypes.SESSION_CHANGE);
  private final TypeSerializer<OpenSession> openSessions = serializer(JobTypes.OPEN_SESSION);
  private final Message message = SampleMessages.make().get(0);
  private final ConversationKey key = new ConversationKey(123_456, Session.NOBODY);
  private final SessionChange change =
      SessionChange.settled(
          Session.open(123_456, message.ts(), 7).answeredBy(9, message.ts()), false);
  private final OpenSession openSession = new OpenSession(message.ts(), 7);

  private static <T> TypeSerializer<T> serializer(TypeInformation<T> type) {
    return type.createSerializer(new SerializerConfigImpl());
  }

  @Benchmark
  public Message message() throws IOException {
    return thereAndBack(messages, message);
  }

  @Benchmark
  public ConversationKey key() throws IOException {
    return thereAndBack(keys, key);
  }

  @Benchmark
  public SessionChange sessionChange() throws IOException {
    return thereAndBack(changes, change);
  }

  @Benchmark
  public OpenSession openSession() throws IOException {
    return thereAndBack(openSessions, openSession);
  }

  private <T> T thereAndBack(TypeSerializer<T> serializer, T value) throws IOException {
    out.clear();
    serializer.serialize(value, out);
    in.setBuffer(out.getSharedBuffer(), 0, out.length());
    return serializer.deserialize(in);
  }
}
