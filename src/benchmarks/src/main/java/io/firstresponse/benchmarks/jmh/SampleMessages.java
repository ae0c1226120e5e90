package io.firstresponse.benchmarks.jmh;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.source.datagen.Workload;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;

/**
 * Messages of the generator, out of order, and too many for the CPU's branch prediction to learn.
 */
final class SampleMessages {

  /** A power of two. */
  static final int COUNT = 1 << 12;

  private SampleMessages() {}

  static List<Message> make() {
    Workload workload =
        Workload.from(Configuration.fromMap(Map.of("source.datagen.disorder", "60 s")));
    return LongStream.range(0, COUNT).mapToObj(workload::message).toList();
  }
}
