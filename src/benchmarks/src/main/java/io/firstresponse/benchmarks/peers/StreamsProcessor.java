package io.firstresponse.benchmarks.peers;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.OpenSession;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * First responses with the stores and the punctuation of Kafka Streams. Messages wait in a store
 * that is sorted by time. Once per second of stream time, the messages that no later arrival can
 * precede are processed in their order. A second store has the open session of each customer.
 */
public final class StreamsProcessor implements Processor<Bytes, Bytes, Void, Void> {

  public static final String WAITING = "waiting";
  public static final String OPEN = "open";

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** All of a message is in the key of the store, so its value is empty. */
  private static final byte[] NOTHING = {};

  private final LongAdder read;
  private final CountDownLatch ended;
  private final long endMillis;

  private FoundAnswers answers;
  private KeyValueStore<Bytes, byte[]> waiting;
  private KeyValueStore<Long, byte[]> open;

  /**
   * A processor of one partition.
   *
   * @param read counts messages
   * @param ended is counted down when stream time has reached the end
   * @param endMillis the end of the stream, in milliseconds since 1970
   */
  public StreamsProcessor(LongAdder read, CountDownLatch ended, long endMillis) {
    this.read = read;
    this.ended = ended;
    this.endMillis = endMillis;
  }

  /** The bytes of a message. Their order is that of the messages. */
  public static byte[] bytes(Message message) {
    return ByteBuffer.allocate(3 * Long.BYTES + 1)
        .putLong(message.ts())
        .put((byte) (message.direct() ? 1 : 0))
        .putLong(message.a())
        .putLong(message.b())
        .array();
  }

  private static Message message(Bytes bytes) {
    ByteBuffer fields = ByteBuffer.wrap(bytes.get());
    long ts = fields.getLong();
    boolean direct = fields.get() == 1;
    long a = fields.getLong();
    return new Message(a, fields.getLong(), ts, direct);
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    answers = FoundAnswers.ofThread();
    waiting = context.getStateStore(WAITING);
    open = context.getStateStore(OPEN);
    context.schedule(INTERVAL, PunctuationType.STREAM_TIME, this::settle);
  }

  @Override
  public void process(Record<Bytes, Bytes> record) {
    waiting.put(record.value(), NOTHING);
    read.increment();
  }

  /** Processes the messages that no later arrival can precede. */
  private void settle(long streamTime) {
    // Eight bytes with a time sort before all messages of that time.
    byte[] limit =
        ByteBuffer.allocate(Long.BYTES)
            .putLong((streamTime - OurFunction.DISORDER.toMillis()) * 1_000)
            .array();
    try (KeyValueIterator<Bytes, byte[]> due = waiting.range(null, Bytes.wrap(limit))) {
      while (due.hasNext()) {
        Bytes next = due.next().key;
        settle(message(next));
        waiting.delete(next);
      }
    }
    if (streamTime >= endMillis) {
      ended.countDown();
    }
  }

  private void settle(Message message) {
    OpenSession before = session(open.get(message.b()));
    OpenSession after = PlainRule.next(before, message, answers::add);
    if (after == null && before != null) {
      open.delete(message.b());
    } else if (after != null && before == null) {
      open.put(message.b(), bytes(after));
    }
  }

  private static byte[] bytes(OpenSession session) {
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(session.openedAt())
        .putLong(session.asked())
        .array();
  }

  private static OpenSession session(byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    ByteBuffer fields = ByteBuffer.wrap(bytes);
    return new OpenSession(fields.getLong(), fields.getLong());
  }
}
