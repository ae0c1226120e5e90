package io.firstresponse.job.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.SessionChange.Kind;
import io.firstresponse.job.testing.TestDatabase;
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
    // Published as final before the crash, and not decided until the watermark has passed it again.
    try (Table table = new Table("7, '2018-08-15T10:00:20Z', null")) {
      table.begin();
      table.publish(Session.open(CUSTOMER, T, AGENT), Kind.REPLAY_START, false);
      table.publish(Session.open(CUSTOMER, T + 5 * SECOND, AGENT), Kind.NEW, true);
      table.checkpoint();
      assertThat(table.rows()).isEqualTo("10:00:05 open, 10:00:10 answered 10:00:20");

      // An earlier message has come.
      table.publish(Session.open(CUSTOMER, T + 5 * SECOND, AGENT), Kind.RETRACTED, false);
      table.publish(Session.open(CUSTOMER, T + 4 * SECOND, AGENT), Kind.NEW, true);
      table.writer.processWatermark(new Watermark((T + 30 * SECOND) / 1000));
      table.checkpoint();
      assertThat(table.rows()).isEqualTo("10:00:04 open");
    }
  }

  @Test
  void aCheckpointLeavesNoTwoOpenSessions() throws Exception {
    try (Table table = new Table("-1, null, null")) {
      table.begin();
      // It has been answered since, and another one opened.
      Session found = Session.open(CUSTOMER, T + 10 * SECOND, AGENT);
      table.publish(Session.open(CUSTOMER, T, AGENT), Kind.REPLAY_START, false);
      table.publish(found.answeredBy(AGENT, T + 20 * SECOND), Kind.NEW, false);
      table.publish(Session.open(CUSTOMER, T + 25 * SECOND, AGENT), Kind.NEW, true);
      table.checkpoint();
      assertThat(table.rows()).isEqualTo("10:00:10 answered 10:00:20, 10:00:25 open");
    }
  }

  @Test
  void whatIsPublishedAgainInTheSameBatchReplacesWhatWasFoundAllTheSame() throws Exception {
    try (Table table = new Table("7, '2018-08-15T10:00:20Z', null")) {
      table.begin();
      Session published =
          Session.open(CUSTOMER, T + 10 * SECOND, AGENT).answeredBy(AGENT, T + 12 * SECOND);
      table.publish(Session.open(CUSTOMER, T, AGENT), Kind.REPLAY_START, false);
      table.publish(published, Kind.NEW, true);
      table.writer.processWatermark(new Watermark((T + 30 * SECOND) / 1000));
      table.publish(published, Kind.CHANGED, true);
      table.checkpoint();
      assertThat(table.rows()).isEqualTo("10:00:10 answered 10:00:12");
    }
  }

  /** The close was late this time. */
  @Test
  void aCloseThatTheReplayDoesNotProduceIsTakenBack() throws Exception {
    try (Table table = new Table("-1, null, '2018-08-15T10:00:20Z'")) {
      table.begin();
      table.publish(Session.open(CUSTOMER, T, AGENT), Kind.REPLAY_START, false);
      table.publish(Session.open(CUSTOMER, T + 10 * SECOND, AGENT), Kind.NEW, true);
      table.checkpoint();
      assertThat(table.rows()).isEqualTo("10:00:10 closed 10:00:20");
      table.writer.processWatermark(new Watermark((T + 30 * SECOND) / 1000));
      table.checkpoint();
      assertThat(table.rows()).isEqualTo("10:00:10 open");
    }
  }

  @Test
  void aCloseThatTheReplayProducesStays() throws Exception {
    try (Table table = new Table("-1, null, '2018-08-15T10:00:20Z'")) {
      table.begin();
      Session closed = Session.open(CUSTOMER, T + 10 * SECOND, AGENT).closed(T + 20 * SECOND);
      table.publish(Session.open(CUSTOMER, T, AGENT), Kind.REPLAY_START, false);
      table.publish(closed, Kind.NEW, false);
      table.publish(Session.open(CUSTOMER, T + 25 * SECOND, AGENT), Kind.NEW, true);
      table.checkpoint();
      assertThat(table.rows()).isEqualTo("10:00:10 closed 10:00:20, 10:00:25 open");
    }
  }

  /** The replay of a customer starts once more when none of the messages waits any longer. */
  @Test
  void whatHasBecomeFinalSinceTheStartStays() throws Exception {
    try (Table table = new Table("7, '2018-08-15T10:00:20Z', null")) {
      Session first =
          Session.open(CUSTOMER, T + 10 * SECOND, AGENT).answeredBy(AGENT, T + 20 * SECOND);
      Session second = Session.open(CUSTOMER, T + 40 * SECOND, AGENT);
      table.database.execute(
          "insert into tbl_result (b, b_ts, a, a_ts, asked_a, final) values"
              + " (1, '2018-08-15T10:00:40Z', 7, '2018-08-15T10:00:50Z', 7, true)");
      table.begin();
      table.publish(Session.open(CUSTOMER, T, AGENT), Kind.REPLAY_START, false);
      table.publishFinal(first, Kind.CHANGED);
      table.writer.processWatermark(new Watermark((T + 30 * SECOND) / 1000));
      table.publish(Session.open(CUSTOMER, T, AGENT), Kind.REPLAY_START, false);
      table.publish(second, Kind.NEW, true);
      table.publish(second.answeredBy(AGENT, T + 50 * SECOND), Kind.CHANGED, true);
      table.checkpoint();
      assertThat(table.rows()).isEqualTo("10:00:10 answered 10:00:20, 10:00:40 answered 10:00:50");
    }
  }

  /** A job may crash between the last watermark and its end, and more than once. */
  @Test
  void whatIsThereAtTheEndOfTheInputStays() throws Exception {
    try (Table table = new Table("7, '2018-08-15T10:00:20Z', null")) {
      table.begin();
      table.publish(Session.open(CUSTOMER, T, AGENT), Kind.REPLAY_START, false);
      table.publishFinal(
          Session.open(CUSTOMER, T + 10 * SECOND, AGENT).answeredBy(AGENT, T + 20 * SECOND),
          Kind.CHANGED);
      table.writer.processWatermark(Watermark.MAX_WATERMARK);
      for (int restart = 0; restart < 2; restart++) {
        table.checkpoint();
        table.restart();
      }
      table.writer.processWatermark(Watermark.MAX_WATERMARK);
      table.checkpoint();
      assertThat(table.rows()).isEqualTo("10:00:10 answered 10:00:20");
      assertThat(table.database.strings("select complete_through from data_complete_through"))
          .containsExactly("infinity");
    }
  }

  /** The table after a crash, with one row that was final, and its writer after the recovery. */
  private static final class Table implements AutoCloseable {

    private final TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
    private final ResultDatabase tables;
    private OneInputStreamOperatorTestHarness<SessionChange, CommittableMessage<SessionChange>>
        writer;
    private long checkpoint = 1;
    private OperatorSubtaskState state = OperatorSubtaskState.builder().build();

    /**
     * @param end agent and time of the row's answer, and time of its close, in SQL
     */
    Table(String end) throws Exception {
      Configuration options = database.options("--results", "live", "--source.type", "datagen");
      tables = new ResultDatabase(options);
      new TableCheck(tables, options).run();
      database.execute(
          "insert into tbl_result (b, b_ts, a, a_ts, closed_ts, asked_a, final) values"
              + " (1, '2018-08-15T10:00:10Z', %s, 7, true)".formatted(end));
      writer = restored();
    }

    /** A writer that goes on from the last checkpoint. */
    private OneInputStreamOperatorTestHarness<SessionChange, CommittableMessage<SessionChange>>
        restored() throws Exception {
      OneInputStreamOperatorTestHarness<SessionChange, CommittableMessage<SessionChange>> next =
          new OneInputStreamOperatorTestHarness<>(
              new SinkWriterOperatorFactory<>(tables.results()), 16, 1, 0);
      next.setRestoredCheckpointId(checkpoint);
      next.setup();
      next.initializeState(state);
      next.open();
      return next;
    }

    void restart() throws Exception {
      writer.close();
      writer = restored();
    }

    /** The first watermark, at which the writer looks up the rows. */
    void begin() throws Exception {
      writer.processWatermark(new Watermark(T / 1000));
    }

    void publish(Session session, Kind kind, boolean endsGroup) throws Exception {
      writer.processElement(new StreamRecord<>(new SessionChange(session, kind, false, endsGroup)));
    }

    void publishFinal(Session session, Kind kind) throws Exception {
      writer.processElement(new StreamRecord<>(new SessionChange(session, kind, true, true)));
    }

    void checkpoint() throws Exception {
      checkpoint++;
      writer.prepareSnapshotPreBarrier(checkpoint);
      state = writer.snapshot(checkpoint, checkpoint);
      assertThat(database.strings("select detail from tbl_dead_letter")).isEmpty();
    }

    String rows() throws Exception {
      return String.join(
          ", ",
          database.strings(
              "select to_char(b_ts at time zone 'UTC', 'HH24:MI:SS'),"
                  + " coalesce('answered ' || to_char(a_ts at time zone 'UTC', 'HH24:MI:SS'),"
                  + " 'closed ' || to_char(closed_ts at time zone 'UTC', 'HH24:MI:SS'), 'open')"
                  + " from tbl_result order by 1"));
    }

    @Override
    public void close() throws Exception {
      writer.close();
      database.close();
    }
  }
}
