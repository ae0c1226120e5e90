package io.firstresponse.benchmarks.measurements;

import com.sun.management.GarbageCollectionNotificationInfo;
import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.FlinkJob;
import io.firstresponse.benchmarks.setup.Postgres;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.job.FirstResponseJob;
import io.firstresponse.job.domain.ResponseMode;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.apache.flink.configuration.Configuration;

/**
 * The job from the generator to PostgreSQL with the garbage collector of this JVM: its rate after
 * warm-up, and the longest pause.
 */
final class CollectorChoice implements Bench.Measurement {

  private static final int RUNS = 3;

  private final Figure rate;
  private final Figure longest;

  CollectorChoice(Figure rate, Figure longest) {
    this.rate = rate;
    this.longest = longest;
  }

  @Override
  public void run(Bench bench) throws Exception {
    AtomicLong longestMillis = new AtomicLong();
    try (Postgres postgres = Postgres.start();
        Flink flink = Flink.start(Map.of())) {
      seconds(postgres, flink, Traffic.of(ResponseMode.ANY_AGENT, bench.scale().warmUpMessages()));
      watchPauses(longestMillis);
      Traffic traffic = Traffic.of(ResponseMode.ANY_AGENT, bench.scale().messages());
      double seconds = 0;
      for (int i = 0; i < RUNS; i++) {
        seconds += seconds(postgres, flink, traffic);
      }
      bench.rate(rate, RUNS * traffic.workload().end() / seconds);
    }
    bench.results().put(longest, (double) longestMillis.get());
    bench.say("longest pause %d ms", longestMillis.get());
  }

  private static double seconds(Postgres postgres, Flink flink, Traffic traffic) throws Exception {
    postgres.freshSchema("job");
    Configuration options = traffic.intoSchema(postgres, "job");
    FlinkJob job = flink.run(env -> FirstResponseJob.define(env, options));
    FlinkJob.Times times = job.await(traffic.workload().end());
    job.forget();
    postgres.dropSchema("job");
    return (times.ended() - times.firstRead()) / 1e9;
  }

  private static void watchPauses(AtomicLong longestMillis) {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      // ZGC's cycles run concurrently with the program; only its pauses count.
      if (collector instanceof NotificationEmitter emitter
          && !collector.getName().contains("Cycles")) {
        emitter.addNotificationListener(
            (notification, none) -> {
              if (notification.getUserData() instanceof CompositeData data) {
                longestMillis.accumulateAndGet(
                    GarbageCollectionNotificationInfo.from(data).getGcInfo().getDuration(),
                    Math::max);
              }
            },
            null,
            null);
      }
    }
  }
}
