package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.peers.WindowQuery;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.Json;
import io.firstresponse.benchmarks.setup.Postgres;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.benchmarks.setup.Webhooks;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Function;

/**
 * The same messages from files of three forms, one after the other: plain JSON lines with integer
 * ids, the same with text ids, and the webhooks of a platform through its preset. All rows are
 * compared with the window query, those of text ids through the tables of the ids.
 */
final class FeedRace implements Bench.Measurement {

  private static final Map<String, String> TEXT_IDS = Map.of("messages.ids", "text");
  private static final Map<String, String> LABELS = Map.of("messages.field.labels", "labels");

  /** The rows with the integers that are the last twelve characters of the ids. */
  private static final String WITH_INTEGERS =
      """
      create table tbl_result as
      select right(c.id, 12)::bigint as b, r.b_ts, coalesce(right(p.id, 12)::bigint, -1) as a, r.a_ts,
        coalesce(right(q.id, 12)::bigint, -1) as asked_a
      from tbl_result_of_keys r
      join tbl_customer c on c.customer = r.b
      left join tbl_agent p on p.agent = r.a
      left join tbl_agent q on q.agent = r.asked_a
      """;

  @Override
  public void run(Bench bench) throws Exception {
    try (Postgres postgres = Postgres.start();
        Flink flink = Flink.start(Map.of())) {
      Race race =
          new Race(
              bench,
              postgres,
              new TimedJob(bench, postgres, flink),
              Traffic.of(ResponseMode.ANY_AGENT, bench.scale().messages() / 2));
      race.run();
    }
  }

  private record Race(Bench bench, Postgres postgres, TimedJob job, Traffic traffic) {

    void run() throws Exception {
      WindowQuery query = WindowQuery.over(postgres, traffic, "expected");
      Traffic warmUp =
          traffic.with("source.datagen.count", Long.toString(bench.scale().warmUpMessages()));
      double unusedPlain = rate(warmUp, Map.of(), Json::of, "warm_up");
      postgres.dropSchema("warm_up");
      double unusedMapped = rate(warmUp, Webhooks.OPTIONS, Webhooks::of, "warm_up");
      postgres.dropSchema("warm_up");

      bench.rate(Figure.FEED_PLAIN_ROWS_PER_S, rate(traffic, Map.of(), Json::of, "plain"));
      check(query, "plain");
      bench.rate(
          Figure.FEED_TEXT_IDS_ROWS_PER_S, rate(traffic, TEXT_IDS, Json::withTextIds, "text_ids"));
      withIntegers("text_ids");
      check(query, "text_ids");
      Traffic labelled = traffic.with("source.datagen.labels", "100");
      bench.rate(Figure.FEED_LABELS_ROWS_PER_S, rate(labelled, LABELS, Json::withLabels, "labels"));
      check(query, "labels");
      bench.rate(
          Figure.FEED_MAPPED_ROWS_PER_S, rate(traffic, Webhooks.OPTIONS, Webhooks::of, "mapped"));
      withIntegers("mapped");
      check(query, "mapped");
    }

    private double rate(
        Traffic messages,
        Map<String, String> options,
        Function<Message, String> form,
        String schema)
        throws Exception {
      Path file = Files.createTempFile("first-response-", ".jsonl");
      try {
        Json.write(messages.workload(), file, form);
        return job.messagesPerSecond(messages.fromFile(file).with(options), schema);
      } finally {
        Files.delete(file);
      }
    }

    private void withIntegers(String schema) throws SQLException {
      postgres.execute(
          schema, "alter table tbl_result rename to tbl_result_of_keys", WITH_INTEGERS);
    }

    private void check(WindowQuery query, String schema) throws SQLException {
      boolean exact = query.isTableOf(schema);
      bench.results().putAll(Figure.JOB_EXACT, exact);
      bench.say(exact ? "every row as the window query has it" : "NOT EXACT");
      postgres.dropSchema(schema);
    }
  }
}
