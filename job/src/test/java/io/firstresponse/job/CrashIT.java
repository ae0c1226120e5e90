package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.options.ResultOptions.Results;
import io.firstresponse.job.ownership.TakenOverException;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.testing.CrashSchedule;
import io.firstresponse.job.testing.CrashTables;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.WindowQuery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The operator and its tables under seeded crashes after which everything comes again in another
 * order, with another watermark, at another parallelism: what was late may be in time then, and the
 * other way round. Whatever happens, the rows are the window query's over the messages that are not
 * in {@code tbl_late}.
 */
// As long as a switch makes it.
@Timeout(value = 1, unit = TimeUnit.DAYS)
class CrashIT {

  @ParameterizedTest
  @CsvSource({
    "ANY_AGENT,       FINAL",
    "ADDRESSED_AGENT, FINAL",
    "ANY_AGENT,       LIVE",
    "ADDRESSED_AGENT, LIVE",
  })
  void rowsAreTheWindowQuerysAfterAnyCrash(ResponseMode mode, Results results) throws Exception {
    // Thousands with -Dcrash.seeds=...
    long first = Long.getLong("crash.first", 0);
    long seeds = Long.getLong("crash.seeds", 20);
    try (TestDatabase database = TestDatabase.create(mode)) {
      Configuration options =
          database.options("--results", results.toString(), "--source.type", "datagen");
      new TableCheck(new ResultDatabase(options), options).run();
      long late = 0;
      long complete = 0;
      for (long seed = first; seed < first + seeds; seed++) {
        database.execute(
            "truncate tbl_result, tbl_late, tbl_correction, tbl_dead_letter, tbl_writer");
        // One job, whatever attempts there are of it.
        CrashTables tables = new PostgresTables(database, new ResultDatabase(options), mode);
        CrashSchedule schedule = new CrashSchedule(seed, mode, results, tables);
        schedule.toTheEnd();
        check("seed %d".formatted(seed), database, tables, mode, CrashSchedule.messages(seed));
        assertThat(database.strings("select complete_through from data_complete_through"))
            .containsExactly("infinity");
        late += tables.late().size();
        complete += schedule.complete();
      }
      System.out.printf(
          "%d schedules, %s, %s, PostgreSQL: 0 differences; %d late messages, %d sessions reported as"
              + " complete on the way%n",
          seeds, mode, results, late, complete);
      assertThat(complete).as("sessions reported as complete on the way").isGreaterThan(seeds);
    }
  }

  /** Many questions have been settled at the checkpoint, and many wait. */
  @Test
  void aCheckpointAfterHalfAFlood() throws Exception {
    ResponseMode mode = ResponseMode.ANY_AGENT;
    List<Message> flood =
        LongStream.range(0, 150_000)
            .mapToObj(i -> new Message(1, i % 2_000, i * 1_000, false))
            .toList();
    try (TestDatabase database = TestDatabase.create(mode)) {
      Configuration options = database.options("--source.type", "datagen");
      new TableCheck(new ResultDatabase(options), options).run();
      CrashTables tables = new PostgresTables(database, new ResultDatabase(options), mode);
      new CrashSchedule(0, mode, Results.FINAL, tables, flood, 0).throughAFlood();
      check("flood", database, tables, mode, flood);
    }
  }

  private static void check(
      String what,
      TestDatabase database,
      CrashTables tables,
      ResponseMode mode,
      List<Message> messages)
      throws Exception {
    List<Message> used = CrashSchedule.inTime(messages, tables.late());
    database.execute("truncate tbl");
    database.store(used.stream());
    assertThat(database.differences()).as(what).isEmpty();
    List<Session> expected = WindowQuery.sessions(mode, used);
    assertThat(database.count("select count(*) from tbl_result where final"))
        .as(what)
        .isEqualTo(expected.size());
    assertThat(database.count("select count(*) from tbl_dead_letter")).as(what).isZero();
  }

  /** The tables of the job, and its own writers. */
  private static final class PostgresTables implements CrashTables {

    private final TestDatabase database;
    private final ResultDatabase tables;
    private final ResponseMode mode;
    // Of each writer, and what was complete last.
    private List<OperatorSubtaskState> results = new ArrayList<>();
    private List<OperatorSubtaskState> late = new ArrayList<>();
    private List<OperatorSubtaskState> checkpointedResults = List.of();
    private List<OperatorSubtaskState> checkpointedLate = List.of();

    PostgresTables(TestDatabase database, ResultDatabase tables, ResponseMode mode) {
      this.database = database;
      this.tables = tables;
      this.mode = mode;
    }

    private static final String MICROS = "(extract(epoch from %s) * 1000000)::bigint";

    @Override
    public Writers open(int index, int parallelism, boolean restored, long checkpoint, long now)
        throws Exception {
      return new JobWriters(
          this,
          writer(
              tables.results(), index, parallelism, restored, checkpoint, now, checkpointedResults),
          writer(tables.late(), index, parallelism, restored, checkpoint, now, checkpointedLate));
    }

    private static <T> OneInputStreamOperatorTestHarness<T, CommittableMessage<T>> writer(
        Sink<T> sink,
        int index,
        int parallelism,
        boolean restored,
        long checkpoint,
        long now,
        List<OperatorSubtaskState> state)
        throws Exception {
      var harness =
          new OneInputStreamOperatorTestHarness<T, CommittableMessage<T>>(
              new SinkWriterOperatorFactory<>(sink),
              CrashSchedule.MAX_PARALLELISM,
              parallelism,
              index);
      if (restored) {
        harness.setRestoredCheckpointId(checkpoint);
        harness.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                AbstractStreamOperatorTestHarness.repackageState(
                    state.toArray(OperatorSubtaskState[]::new)),
                CrashSchedule.MAX_PARALLELISM,
                state.size(),
                parallelism,
                index));
      }
      harness.setProcessingTime(now);
      harness.open();
      if (restored) {
        // The first watermark or row makes it claim its place.
        try {
          harness.processWatermark(new Watermark(Long.MIN_VALUE + 1));
        } catch (TakenOverException e) {
          // As Flink does. Otherwise its connection would stay.
          harness.close();
          throw e;
        }
      }
      return harness;
    }

    @Override
    public void openInVain(int index, int parallelism, long checkpoint) {
      for (Sink<?> sink : List.of(tables.results(), tables.late())) {
        assertThatThrownBy(
                () -> writer(sink, index, parallelism, true, checkpoint, 0, checkpointedResults))
            .isInstanceOf(TakenOverException.class);
      }
    }

    @Override
    public void checkpointed() {
      checkpointedResults = results;
      checkpointedLate = late;
      results = new ArrayList<>();
      late = new ArrayList<>();
    }

    /** The writers that come find what there is. */
    @Override
    public void crashed() {}

    @Override
    public List<Row> rows() throws Exception {
      String agents = mode == ResponseMode.ANY_AGENT ? "asked_a, a" : "a, rsp_a";
      return database
          .strings(
              "select b, %s, %s, %s, coalesce(labels, 0), final::int from tbl_result r"
                  .formatted(MICROS.formatted("b_ts"), agents, TestDatabase.endedAt("r")))
          .stream()
          .map(PostgresTables::longs)
          .map(r -> new Row(new Session(r[0], r[1], r[2], r[3], r[4], r[5]), r[6] == 1))
          .toList();
    }

    @Override
    public Set<Message> late() throws Exception {
      Set<Message> late = new HashSet<>();
      for (String row :
          database.strings(
              "select a, b, %s, case when closes then 2 else direct::int end from tbl_late"
                  .formatted(MICROS.formatted("ts")))) {
        long[] message = longs(row);
        late.add(
            new Message(
                message[0],
                message[1],
                message[2],
                MessageKind.ofCode((int) message[3]),
                false,
                Texts.NONE));
      }
      return late;
    }

    private static long[] longs(String row) {
      return Arrays.stream(row.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    @Override
    public OptionalLong completeThrough() throws Exception {
      return database
          .strings(
              "select (extract(epoch from complete_through) * 1000)::bigint"
                  + " from data_complete_through where complete_through is not null")
          .stream()
          .mapToLong(Long::parseLong)
          .findAny();
    }

    @Override
    public List<String> contents() throws Exception {
      return database.strings(
          "select r::text from tbl_result r union all select l::text from tbl_late l"
              + " union all select w::text from tbl_writer w order by 1");
    }
  }

  private record JobWriters(
      PostgresTables tables,
      OneInputStreamOperatorTestHarness<SessionChange, CommittableMessage<SessionChange>> results,
      OneInputStreamOperatorTestHarness<LateMessage, CommittableMessage<LateMessage>> late)
      implements CrashTables.Writers {

    @Override
    public void write(SessionChange change) throws Exception {
      results.processElement(new StreamRecord<>(change));
    }

    @Override
    public void write(LateMessage message) throws Exception {
      late.processElement(new StreamRecord<>(message));
    }

    @Override
    public void watermark(Watermark mark) throws Exception {
      results.processWatermark(mark);
      late.processWatermark(mark);
    }

    @Override
    public void tick(long now) throws Exception {
      results.setProcessingTime(now);
      late.setProcessingTime(now);
    }

    @Override
    public void prepare(long checkpoint) throws Exception {
      results.prepareSnapshotPreBarrier(checkpoint);
      late.prepareSnapshotPreBarrier(checkpoint);
      tables.results.add(results.snapshot(checkpoint, checkpoint));
      tables.late.add(late.snapshot(checkpoint, checkpoint));
    }

    @Override
    public void writeInVain(long checkpoint) throws Exception {
      assertThatThrownBy(() -> results.prepareSnapshotPreBarrier(checkpoint))
          .isInstanceOf(TakenOverException.class);
      try {
        late.prepareSnapshotPreBarrier(checkpoint);
      } catch (TakenOverException e) {
        // It had something to write.
      }
    }

    @Override
    public void endInput() throws Exception {
      results.endInput();
      late.endInput();
    }

    @Override
    public void close() throws Exception {
      results.close();
      late.close();
    }
  }
}
