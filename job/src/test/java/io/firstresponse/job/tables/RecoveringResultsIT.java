package io.firstresponse.job.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.TestDatabase;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.SessionChange.Kind;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** What a recovery does to rows that a crash has left behind, step by step. */
class RecoveringResultsIT {

  private static final long SECOND = 1_000_000L;

  /** 2018-08-15T10:00:00Z. */
  private static final long T = 1_534_327_200L * SECOND;

  private static final long CUSTOMER = 1;
  private static final long AGENT = 7;

  @Test
  void takesBackWhatACheckpointWroteWhileRowsWereUndecided() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options = database.options("--results", "live", "--source.type", "datagen");
      ResultDatabase tables = new ResultDatabase(options);
      new TableCheck(tables, options).run();
      // Told as final before the crash, and not decided until the watermark has passed it again.
      database.execute(
          "insert into tbl_result (b, b_ts, a, a_ts, asked_a, final) values"
              + " (1, '2018-08-15T10:00:10Z', 7, '2018-08-15T10:00:20Z', 7, true)");
      try (OneInputStreamOperatorTestHarness<SessionChange, CommittableMessage<SessionChange>>
          writer =
              new OneInputStreamOperatorTestHarness<>(
                  new SinkWriterOperatorFactory<>(tables.results()), 16, 1, 0)) {
        writer.setRestoredCheckpointId(1);
        writer.setup();
        writer.initializeState(OperatorSubtaskState.builder().build());
        writer.open();
        writer.processWatermark(new Watermark(T / 1000));
        tell(writer, Session.open(CUSTOMER, T, AGENT), Kind.WHOLE, false);
        tell(writer, Session.open(CUSTOMER, T + 5 * SECOND, AGENT), Kind.NEW, true);
        writer.prepareSnapshotPreBarrier(2);
        assertThat(openings(database)).isEqualTo("10:00:05 open, 10:00:10 final");

        // An earlier message has come.
        tell(writer, Session.open(CUSTOMER, T + 5 * SECOND, AGENT), Kind.GONE, false);
        tell(writer, Session.open(CUSTOMER, T + 4 * SECOND, AGENT), Kind.NEW, true);
        writer.processWatermark(new Watermark((T + 30 * SECOND) / 1000));
        writer.prepareSnapshotPreBarrier(3);
        assertThat(openings(database)).isEqualTo("10:00:04 open");
        assertThat(database.count("select count(*) from tbl_dead_letter")).isZero();
      }
    }
  }

  private static void tell(
      OneInputStreamOperatorTestHarness<SessionChange, CommittableMessage<SessionChange>> writer,
      Session session,
      Kind kind,
      boolean completes)
      throws Exception {
    writer.processElement(new StreamRecord<>(new SessionChange(session, kind, false, completes)));
  }

  private static String openings(TestDatabase database) throws Exception {
    return String.join(
        ", ",
        database.strings(
            "select to_char(b_ts at time zone 'UTC', 'HH24:MI:SS'),"
                + " case when final then 'final' else 'open' end from tbl_result order by 1"));
  }
}
