package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.peers.Seed;
import io.firstresponse.benchmarks.peers.WindowQuery;
import io.firstresponse.benchmarks.setup.CpuMeter;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.Json;
import io.firstresponse.benchmarks.setup.Postgres;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.job.domain.ResponseMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The same messages into the same PostgreSQL by the seed's methods and by the job, one after the
 * other, each with tables of its own. All rows of the job are compared with the window query.
 */
final class EndToEnd implements Bench.Measurement {

  /** A part of the measurement. */
  interface Part {
    void measure(Run run) throws Exception;
  }

  private final Part part;

  EndToEnd(Part part) {
    this.part = part;
  }

  @Override
  public void run(Bench bench) throws Exception {
    try (Postgres postgres = Postgres.start()) {
      part.measure(new Run(bench, postgres));
    }
  }

  /** The measurements with one PostgreSQL. */
  record Run(Bench bench, Postgres postgres) {

    /** The seed's methods and the job, with the same messages. */
    void ways() throws Exception {
      int clients = anyAgent();
      addressedAgent(clients);
    }

    /** The job after warm-up, with a Kafka broker on the same cores as its source. */
    void kafka() throws Exception {
      Traffic traffic = Traffic.of(ResponseMode.ANY_AGENT, bench.scale().messages());
      WindowQuery query = WindowQuery.over(postgres, traffic, "expected_any_agent");
      try (Flink flink = Flink.start(Map.of());
          KafkaBroker broker = KafkaBroker.launch()) {
        double unused = job(flink, traffic, "job_warm_up");
        postgres.dropSchema("job_warm_up");
        KafkaTopic.fill(broker, traffic.workload());
        Traffic topic =
            traffic
                .with("source.type", "kafka")
                .with("source.kafka.bootstrap-servers", broker.bootstrapServers())
                .with("source.kafka.topics", KafkaTopic.NAME)
                .with("source.kafka.end", "latest");
        bench.rate(Figure.JOB_KAFKA_ROWS_PER_S, job(flink, topic, "job_kafka"));
      }
      check(query, "job_kafka");
      postgres.dropSchema("expected_any_agent");
    }

    /** Returns the number of clients with which the trigger was fastest. */
    private int anyAgent() throws Exception {
      Traffic traffic = Traffic.of(ResponseMode.ANY_AGENT, bench.scale().messages());
      int clients = trigger(traffic, Figure.TRIGGER_ROWS_PER_S, bench.scale().triggerClients());
      bench.results().put(Figure.TRIGGER_CLIENTS, (double) clients);
      bench.say("the window query over %,d messages ...", traffic.workload().end());
      WindowQuery query = WindowQuery.over(postgres, traffic, "expected_any_agent");
      bench.say("%,d sessions expected", query.sessions());
      copy(traffic, query);
      delayed();

      try (Flink flink = Flink.start(Map.of())) {
        Traffic warmUp =
            traffic.with("source.datagen.count", Long.toString(bench.scale().warmUpMessages()));
        bench.rate(Figure.JOB_COLD_ROWS_PER_S, job(flink, warmUp, "job_cold"));
        postgres.dropSchema("job_cold");
        CpuMeter cpu = new CpuMeter(postgres);
        bench.rate(Figure.JOB_ROWS_PER_S, job(flink, traffic, "job"));
        CpuMeter.Cores cores = cpu.stop();
        bench.results().put(Figure.JOB_FLINK_CORES, cores.flink());
        bench.results().put(Figure.JOB_POSTGRES_CORES, cores.postgres());
        bench.say("cores busy: Flink %.2f, PostgreSQL %.2f", cores.flink(), cores.postgres());
        check(query, "job");
        live(flink, traffic, query);

        files(flink, traffic, query);
      }
      postgres.dropSchema("expected_any_agent");
      return clients;
    }

    private void files(Flink flink, Traffic traffic, WindowQuery query) throws Exception {
      Path file = Files.createTempFile("first-response-", ".jsonl");
      try {
        Json.write(traffic.workload(), file);
        bench.rate(Figure.JOB_FILES_ROWS_PER_S, job(flink, traffic.fromFile(file), "job_files"));
      } finally {
        Files.delete(file);
      }
      check(query, "job_files");
    }

    /** Live results with the out-of-orderness of the other runs, and with an hour of it. */
    private void live(Flink flink, Traffic traffic, WindowQuery query) throws Exception {
      Traffic live = traffic.with("results", "live");
      double unused = job(flink, live, "job_live_cold");
      check(query, "job_live_cold");
      bench.rate(Figure.JOB_LIVE_ROWS_PER_S, job(flink, live, "job_live"));
      check(query, "job_live");

      Traffic hour = traffic.with("event-time.max-out-of-orderness", "1 h");
      bench.rate(Figure.JOB_1H_ROWS_PER_S, job(flink, hour, "job_1h"));
      check(query, "job_1h");
      bench.rate(
          Figure.JOB_LIVE_1H_ROWS_PER_S, job(flink, hour.with("results", "live"), "job_live_1h"));
      check(query, "job_live_1h");
    }

    private void addressedAgent(int clients) throws Exception {
      Traffic traffic = Traffic.of(ResponseMode.ADDRESSED_AGENT, bench.scale().messages());
      int unused = trigger(traffic, Figure.TRIGGER_ADDRESSED_ROWS_PER_S, List.of(clients));
      WindowQuery query = WindowQuery.over(postgres, traffic, "expected_addressed_agent");
      try (Flink flink = Flink.start(Map.of())) {
        bench.rate(Figure.JOB_ADDRESSED_ROWS_PER_S, job(flink, traffic, "job"));
      }
      check(query, "job");
      postgres.dropSchema("expected_addressed_agent");
    }

    /** Tries numbers of clients, records the best rate, and returns the number that reached it. */
    private int trigger(Traffic traffic, Figure figure, List<Integer> counts) throws Exception {
      double best = 0;
      int bestClients = 0;
      for (int clients : counts) {
        Seed seed = Seed.trigger(postgres, traffic.mode(), "seed");
        double rate =
            seed.insertRowByRow(traffic.workload(), clients, bench.scale().triggerSeconds());
        bench.say("%,12.0f/s  the trigger under single-row inserts, %d clients", rate, clients);
        postgres.dropSchema("seed");
        if (rate > best) {
          best = rate;
          bestClients = clients;
        }
      }
      bench.rate(figure, best);
      return bestClients;
    }

    private void copy(Traffic traffic, WindowQuery query) throws Exception {
      Seed one = Seed.trigger(postgres, traffic.mode(), "seed");
      double first = one.copy(traffic.workload(), 1);
      bench.rate(Figure.TRIGGER_COPY1_ROWS_PER_S, first);
      double wrong = query.shareWrongIn("seed");
      bench.results().put(Figure.TRIGGER_WRONG_SHARE, wrong);
      bench.say("%.1f %% of the answered sessions wrong or missing", 100 * wrong);
      postgres.dropSchema("seed");

      Seed two = Seed.trigger(postgres, traffic.mode(), "seed");
      double second = two.copy(traffic.workload(), 2);
      bench.rate(Figure.TRIGGER_COPY2_ROWS_PER_S, second);
      postgres.dropSchema("seed");
      bench.results().put(Figure.TRIGGER_COPY_ROWS_PER_S, Math.max(first, second));
    }

    private void delayed() throws Exception {
      Traffic traffic = Traffic.of(ResponseMode.ANY_AGENT, bench.scale().delayedMessages());
      WindowQuery query = WindowQuery.over(postgres, traffic, "expected_delayed");
      Seed seed = Seed.delayed(postgres, traffic.mode(), "seed");
      seed.copy(traffic.workload(), 1);
      bench.rate(Figure.DELAYED_BATCH_ROWS_PER_S, seed.consume(traffic.workload()));
      bench.results().put(Figure.DELAYED_BATCH_WRONG_SHARE, query.shareWrongIn("seed"));
      postgres.dropSchema("seed");
      postgres.dropSchema("expected_delayed");
    }

    private double job(Flink flink, Traffic traffic, String schema) throws Exception {
      return new TimedJob(bench, postgres, flink).messagesPerSecond(traffic, schema);
    }

    private void check(WindowQuery query, String schema) throws Exception {
      boolean exact = query.isTableOf(schema);
      bench.results().putAll(Figure.JOB_EXACT, exact);
      bench.say(exact ? "every row as the window query has it" : "NOT EXACT");
      postgres.dropSchema(schema);
    }
  }
}
