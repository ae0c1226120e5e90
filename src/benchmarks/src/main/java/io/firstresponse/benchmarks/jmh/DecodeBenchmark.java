package io.firstresponse.benchmarks.jmh;

import io.firstresponse.job.decode.CsvDecoder;
import io.firstresponse.job.decode.Decoding;
import io.firstresponse.job.decode.FutureGuard;
import io.firstresponse.job.decode.JsonDecoder;
import io.firstresponse.job.decode.MessageFields;
import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.decode.RecordDecoder;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.mapping.Mapping;
import io.firstresponse.job.mapping.MappingOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.flink.configuration.Configuration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decodes one record from its bytes to a message. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecodeBenchmark {

  private static final String ORIGIN = "/messages/2018-08-15.jsonl";

  /** As long as a preset for a webhook. */
  private static final String MAPPING =
      """
      select(.event == "message_created" and (.private | not))
      | . as $m | .conversation as $c
      | if .message_type == "incoming" then {a: $c.meta.assignee.id, direct: false}
        elif .message_type == "outgoing" then
          {a: .sender.id, direct: true, automated: (.sender.type == "agent_bot")}
        else empty end
      | . + {b: $c.id, ts: $m.created_at, labels: {inbox: $c.inbox_id}}
      """;

  private final MessageFields fields =
      new MessageFields("a", "b", "ts", "direct", "automated", EpochUnit.MICROSECONDS);
  private final FutureGuard guard = new FutureGuard(Duration.ofMinutes(5), InstantSource.system());
  private final JsonDecoder json = new JsonDecoder(fields, guard);
  private final CsvDecoder csv = new CsvDecoder(fields, guard, (byte) ',');
  private final RecordDecoder mapping =
      new Decoding(
              fields,
              guard,
              Mapping.from(new Configuration().set(MappingOptions.JQ, MAPPING)).orElseThrow())
          .json();
  private byte[][] isoLines;
  private byte[][] epochLines;
  private byte[][] csvLines;
  private byte[][] webhooks;
  private int next;

  @Setup
  public void lines() {
    byte[] header = "a,b,ts,direct".getBytes(StandardCharsets.UTF_8);
    Optional<DeadLetter> refused = csv.readHeader(ORIGIN, 0, header, 0, header.length);
    if (refused.isPresent()) {
      throw new IllegalStateException(refused.get().detail());
    }
    isoLines = lines(m -> json(m, '"' + iso(m) + '"'));
    epochLines = lines(m -> json(m, Long.toString(m.ts())));
    csvLines = lines(m -> m.a() + "," + m.b() + "," + iso(m) + "," + m.direct());
    webhooks = lines(DecodeBenchmark::webhook);
  }

  @Benchmark
  public Received jsonWithIsoTime() {
    return decode(json, isoLines);
  }

  @Benchmark
  public Received jsonWithEpochTime() {
    return decode(json, epochLines);
  }

  @Benchmark
  public Received csvWithIsoTime() {
    return decode(csv, csvLines);
  }

  @Benchmark
  public Received webhookByMapping() {
    return decode(mapping, webhooks);
  }

  private Received decode(RecordDecoder decoder, byte[][] lines) {
    next = (next + 1) & (SampleMessages.COUNT - 1);
    return decoder.decode(ORIGIN, next, lines[next], 0, lines[next].length);
  }

  private static byte[][] lines(Function<Message, String> line) {
    return SampleMessages.make().stream()
        .map(message -> line.apply(message).getBytes(StandardCharsets.UTF_8))
        .toArray(byte[][]::new);
  }

  private static String json(Message m, String time) {
    return "{\"a\":%d,\"b\":%d,\"ts\":%s,\"direct\":%b}".formatted(m.a(), m.b(), time, m.direct());
  }

  private static String webhook(Message m) {
    return """
        {"event":"message_created","id":%d,"content":"text of a message","message_type":"%s",\
        "created_at":"%s","private":false,"source_id":null,"content_type":"text","content_attributes":{},\
        "sender":{"id":%d,"name":"name","email":"name@example.org","type":"user"},\
        "conversation":{"id":%d,"inbox_id":3,"channel":"Channel::WebWidget","status":"open",\
        "additional_attributes":{"browser":{"name":"x","version":"1"}},"labels":[],\
        "meta":{"assignee":{"id":%d,"name":"name"},"sender":{"id":9,"name":"name"}}},\
        "account":{"id":1,"name":"account"},"inbox":{"id":3,"name":"inbox"}}"""
        .formatted(m.ts(), m.direct() ? "outgoing" : "incoming", iso(m), m.a(), m.b(), m.a());
  }

  private static String iso(Message m) {
    return Instant.EPOCH.plus(m.ts(), ChronoUnit.MICROS).toString();
  }
}
