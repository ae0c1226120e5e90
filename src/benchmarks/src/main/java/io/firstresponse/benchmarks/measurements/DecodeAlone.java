package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.setup.Json;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.benchmarks.setup.Webhooks;
import io.firstresponse.job.decode.Decoding;
import io.firstresponse.job.decode.RecordDecoder;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * Decodes records in one thread: plain JSON lines, and webhooks through the preset {@code
 * chatwoot}. Both take turns of a second.
 */
final class DecodeAlone implements Bench.Measurement {

  private static final int RECORDS = 4096;
  private static final int WARM_UP_ROUNDS = 5;
  private static final int ROUNDS = 10;
  private static final long ROUND_NANOS = 1_000_000_000;

  @Override
  public void run(Bench bench) {
    Contestant plain = new Contestant(Map.of(), Json::of);
    Contestant mapped = new Contestant(Webhooks.OPTIONS, Webhooks::of);
    double plainRate = 0;
    double mappedRate = 0;
    for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      double one = plain.round();
      double other = mapped.round();
      if (round >= 0) {
        plainRate += one / ROUNDS;
        mappedRate += other / ROUNDS;
      }
    }
    bench.rate(Figure.DECODE_PLAIN_RECORDS_PER_S, plainRate);
    bench.rate(Figure.DECODE_MAPPED_RECORDS_PER_S, mappedRate);
  }

  private static final class Contestant {

    private final RecordDecoder decoder;
    private final byte[][] records;

    Contestant(Map<String, String> options, Function<Message, String> form) {
      Traffic traffic = Traffic.of(ResponseMode.ANY_AGENT, RECORDS).with(options);
      decoder = Decoding.from(traffic.configuration(), InstantSource.system()).json();
      Workload workload = traffic.workload();
      records =
          LongStream.range(0, RECORDS)
              .mapToObj(i -> form.apply(workload.message(i)).getBytes(StandardCharsets.UTF_8))
              .toArray(byte[][]::new);
    }

    /** Records per second. */
    double round() {
      long start = System.nanoTime();
      long decoded = 0;
      long nanos;
      do {
        for (byte[] record : records) {
          if (decoder.decode("bench", decoded++, record, 0, record.length)
              instanceof DeadLetter dead) {
            throw new IllegalStateException(dead.detail());
          }
        }
        nanos = System.nanoTime() - start;
      } while (nanos < ROUND_NANOS);
      return decoded * 1e9 / nanos;
    }
  }
}
