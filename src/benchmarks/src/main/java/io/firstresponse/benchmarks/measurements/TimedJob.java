package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.FlinkJob;
import io.firstresponse.benchmarks.setup.Postgres;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.job.FirstResponseJob;
import io.firstresponse.job.source.datagen.Workload;
import org.apache.flink.configuration.Configuration;

/** Whole runs of the job into tables of their own. */
record TimedJob(Bench bench, Postgres postgres, Flink flink) {

  /** Messages per second from the first one read to the end of the job. */
  double messagesPerSecond(Traffic traffic, String schema) throws Exception {
    postgres.freshSchema(schema);
    Configuration options = traffic.intoSchema(postgres, schema);
    FlinkJob job = flink.run(env -> FirstResponseJob.define(env, options));
    long messages = Workload.from(options).end();
    FlinkJob.Times times = job.await(messages);
    double seconds = (times.ended() - times.firstRead()) / 1e9;
    bench.say(
        "%s: %.1f s, read after %.1f s, last row after %.1f s, %,d rows sent",
        schema,
        seconds,
        (times.lastRead() - times.firstRead()) / 1e9,
        (times.lastSent() - times.firstRead()) / 1e9,
        job.count("", "rowsSent"));
    job.forget();
    return messages / seconds;
  }
}
