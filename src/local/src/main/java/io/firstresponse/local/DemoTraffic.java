package io.firstresponse.local;

import io.firstresponse.job.JobOptions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.source.datagen.Workload;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The generated messages of the demo: a support desk of the last four weeks, out of order and with
 * duplicates. Messages have labels and names, a bot answers many conversations first, and most are
 * closed. The same object always gives the same messages.
 *
 * @param count how many messages
 * @param today the day on which the four weeks end, at its beginning in UTC
 */
record DemoTraffic(long count, Instant today) {

  static final int DAYS = 28;
  static final int DISORDER_SECONDS = 60;

  /** The options of a job that generates the messages by itself. */
  List<String> source() {
    // A message is sent up to the disorder before or after its place in the sequence.
    double rate = count / (DAYS * 86_400.0 - 2 * DISORDER_SECONDS);
    return List.of(
        "--source.type",
        "datagen",
        "--source.datagen.traffic",
        "support-desk",
        "--source.datagen.count",
        Long.toString(count),
        "--source.datagen.rate",
        "50000",
        "--source.datagen.event-rate",
        Double.toString(rate),
        "--source.datagen.start",
        today.minus(DAYS, ChronoUnit.DAYS).plusSeconds(DISORDER_SECONDS).toString(),
        "--source.datagen.agents",
        // In the shifts of demo/settings.sql.
        "24",
        "--source.datagen.disorder",
        DISORDER_SECONDS + " s",
        "--source.datagen.duplicates",
        "0.02",
        "--source.datagen.closes",
        "0.9",
        "--source.datagen.bot",
        "0.3",
        "--source.datagen.labels",
        "12",
        "--source.datagen.names",
        "true");
  }

  /**
   * The messages in the order in which they arrive.
   *
   * @param sink the options of the tables, without which a job's options are not complete
   */
  Stream<Message> messages(List<String> sink) {
    List<String> options = new ArrayList<>(source());
    options.addAll(sink);
    Workload workload = Workload.from(JobOptions.parse(options.toArray(String[]::new)));
    return LongStream.range(0, count).mapToObj(workload::message);
  }
}
