package io.firstresponse.benchmarks.jmh;

import io.firstresponse.benchmarks.setup.Webhooks;
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

  private final MessageFields fields =
      new MessageFields("a", "b", "ts", "direct", "automated", EpochUnit.MICROSECONDS);
  private final FutureGuard guard = new FutureGuard(Duration.ofMinutes(5), InstantSource.system());
  private final JsonDecoder json = new JsonDecoder(fields, guard);
  private final CsvDecoder csv = new CsvDecoder(fields, guard, (byte) ',');
  private final RecordDecoder mapping =
      Decoding.from(Configuration.fromMap(Webhooks.OPTIONS), InstantSource.system()).json();
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
    webhooks = lines(Webhooks::of);
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

  private static String iso(Message m) {
    return Instant.EPOCH.plus(m.ts(), ChronoUnit.MICROS).toString();
  }
}
