package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.TakenOverException;
import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.Traces;
import io.firstresponse.job.domain.WindowQuery;
import io.firstresponse.job.options.JobOptions;
import io.firstresponse.job.options.JobOptions.Results;
import io.firstresponse.job.sessions.FirstResponseOperator;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.types.JobTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The operator and its tables under seeded crashes after which everything comes again in another
 * order, with another watermark, at another parallelism: what was late may be in time then, and the
 * other way round. Whatever happens, the rows are the window query's over the messages that are not
 * in {@code tbl_late}.
 */
class CrashIT {

  private static final int MAX_PARALLELISM = 16;
  private static final long TICK_MILLIS = 100;

  @ParameterizedTest
  @CsvSource({
    "ANY_AGENT,       FINAL",
    "ADDRESSED_AGENT, FINAL",
    "ANY_AGENT,       LIVE",
    "ADDRESSED_AGENT, LIVE",
  })
  void rowsAreTheWindowQuerysAfterAnyCrash(ResponseMode mode, Results results) throws Exception {
    // Thousands with -Dcrash.seeds=...
    long seeds = Long.getLong("crash.seeds", 20);
    try (TestDatabase database = TestDatabase.create(mode)) {
      Configuration options =
          database.options("--results", results.toString(), "--source.type", "datagen");
      new TableCheck(new ResultDatabase(options), options).run();
      long complete = 0;
      for (long seed = 0; seed < seeds; seed++) {
        database.execute(
            "truncate tbl_result, tbl_late, tbl_correction, tbl_dead_letter, tbl_writer");
        Run run = new Run(seed, mode, options, database);
        run.toTheEnd();
        complete += run.complete;
        check("seed %d".formatted(seed), database, mode, messages(seed));
        assertThat(database.strings("select complete_through from data_complete_through"))
            .containsExactly("infinity");
      }
      assertThat(complete).as("sessions told as complete on the way").isGreaterThan(seeds);
    }
  }

  /** Some customers' questions have been settled at the checkpoint, and others' wait. */
  @Test
  void aCheckpointBetweenTwoSlicesOfAFlood() throws Exception {
    ResponseMode mode = ResponseMode.ANY_AGENT;
    List<Message> flood =
        LongStream.range(0, 150_000)
            .mapToObj(i -> new Message(1, i % 2_000, i * 1_000, false))
            .toList();
    try (TestDatabase database = TestDatabase.create(mode)) {
      Configuration options = database.options("--source.type", "datagen");
      new TableCheck(new ResultDatabase(options), options).run();
      new Run(0, mode, options, database, flood, 0).throughAFlood();
      check("flood", database, mode, flood);
    }
  }

  private static void check(
      String what, TestDatabase database, ResponseMode mode, List<Message> messages)
      throws Exception {
    List<Message> used = inTime(database, messages);
    database.execute("truncate tbl");
    database.store(used.stream());
    assertThat(database.differences()).as(what).isEmpty();
    List<Session> expected = WindowQuery.sessions(mode, used);
    assertThat(database.count("select count(*) from tbl_result where final"))
        .as(what)
        .isEqualTo(expected.size());
    assertThat(database.count("select count(*) from tbl_dead_letter")).as(what).isZero();
  }

  /** Those that are not in {@code tbl_late}. */
  private static List<Message> inTime(TestDatabase database, Collection<Message> messages)
      throws Exception {
    Set<List<Long>> late = new HashSet<>();
    for (String row :
        database.strings(
            "select a, b, (extract(epoch from ts) * 1000000)::bigint, direct::int from tbl_late")) {
      late.add(Arrays.stream(row.split(" ")).map(Long::valueOf).toList());
    }
    return messages.stream()
        .filter(m -> !late.contains(List.of(m.a(), m.b(), m.ts(), m.direct() ? 1L : 0L)))
        .toList();
  }

  /** No message twice: it could be late once and in time once. */
  private static List<Message> messages(long seed) {
    return List.copyOf(new LinkedHashSet<>(Traces.of(seed).messages()));
  }

  /** A run with crashes. */
  private static final class Run {

    private final Random random;
    private final ResponseMode mode;
    private final Configuration options;
    private final TestDatabase database;
    // One job, whatever attempts there are of it.
    private final ResultDatabase tables;
    private final List<List<Message>> partitions = new ArrayList<>();
    private final long boundMillis;

    private long now;
    private long checkpoint;
    private int[] offsets;
    private Attempt attempt;

    private int[] checkpointedOffsets;
    private OperatorSubtaskState checkpointed;
    private int checkpointedParallelism;
    // Sessions that were there when it was told that they are.
    private long complete;

    Run(long seed, ResponseMode mode, Configuration options, TestDatabase database) {
      this(seed, mode, options, database, messages(seed), Traces.of(seed).disorderMillis());
    }

    Run(
        long seed,
        ResponseMode mode,
        Configuration options,
        TestDatabase database,
        List<Message> messages,
        long disorderMillis) {
      this.random = new Random(seed);
      this.mode = mode;
      this.options = options;
      this.database = database;
      this.tables = new ResultDatabase(options);
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        partitions.add(new ArrayList<>());
      }
      for (Message message : messages) {
        partitions.get(random.nextInt(count)).add(message);
      }
      // Often too short, so that some are late.
      boundMillis = random.nextInt(2) * disorderMillis + random.nextInt(1_000);
      offsets = new int[count];
    }

    void toTheEnd() throws Exception {
      attempt = new Attempt(1, null, 1);
      int crashes = 1 + random.nextInt(5);
      checkpoint();
      while (delivered() < total()) {
        attempt.deliverOne();
        if (random.nextInt(8) == 0) {
          checkpoint();
        }
        if (crashes > 0 && random.nextInt(10) == 0) {
          crashes--;
          crash();
        }
        if (random.nextInt(3) == 0) {
          checkComplete();
        }
      }
      attempt.watermark(Long.MAX_VALUE);
      if (random.nextBoolean()) {
        crash();
        while (delivered() < total()) {
          attempt.deliverOne();
        }
        attempt.watermark(Long.MAX_VALUE);
      }
      attempt.end();
      attempt.close();
    }

    /** Ends between two slices, and goes on. */
    void throughAFlood() throws Exception {
      attempt = new Attempt(1, null, 1);
      for (int partition = 0; partition < offsets.length; partition++) {
        for (Message message : partitions.get(partition)) {
          attempt.subtasks.get(0).operator.processElement(new StreamRecord<>(message));
        }
        offsets[partition] = partitions.get(partition).size();
      }
      attempt.watermark(total());
      checkpoint();
      crash();
      attempt.watermark(Long.MAX_VALUE);
      attempt.end();
      attempt.close();
    }

    private int delivered() {
      return Arrays.stream(offsets).sum();
    }

    private int total() {
      return partitions.stream().mapToInt(List::size).sum();
    }

    private void checkpoint() throws Exception {
      checkpointed = attempt.snapshot();
      checkpointedParallelism = attempt.subtasks.size();
      checkpointedOffsets = offsets.clone();
    }

    private void crash() throws Exception {
      Attempt before = attempt;
      boolean wakesUp = random.nextInt(3) == 0;
      if (!wakesUp) {
        before.close();
      }
      offsets = checkpointedOffsets.clone();
      attempt = new Attempt(1 + random.nextInt(3), checkpointed, checkpointedParallelism);
      if (wakesUp) {
        List<String> rows = allRows();
        before.goOn();
        assertThat(allRows()).as("what an attempt has changed that was replaced").isEqualTo(rows);
        before.close();
      }
    }

    private List<String> allRows() throws Exception {
      return database.strings(
          "select r::text from tbl_result r union all select l::text from tbl_late l"
              + " union all select w::text from tbl_writer w order by 1");
    }

    /** Up to when results are told to be complete, the rows are those of what has come. */
    private void checkComplete() throws Exception {
      String told =
          database
              .strings(
                  "select coalesce((extract(epoch from complete_through) * 1000)::bigint::text,"
                      + " 'null') from data_complete_through")
              .get(0);
      if (told.equals("null")) {
        return;
      }
      long through = Long.parseLong(told);
      Set<Message> delivered = new LinkedHashSet<>();
      for (int i = 0; i < offsets.length; i++) {
        delivered.addAll(partitions.get(i).subList(0, offsets[i]));
      }
      // Some late messages wait in their writer.
      delivered.removeAll(attempt.late);
      List<String> expected =
          WindowQuery.sessions(mode, inTime(database, delivered)).stream()
              .filter(session -> millis(session.openedAt()) <= through)
              .map(
                  session ->
                      session.isOpen() || millis(session.answeredAt()) > through
                          ? "%d %d %d".formatted(session.b(), session.openedAt(), session.asked())
                          : "%d %d %d %d %d true"
                              .formatted(
                                  session.b(),
                                  session.openedAt(),
                                  session.asked(),
                                  session.responder(),
                                  session.answeredAt()))
              .sorted()
              .toList();
      String asked = mode == ResponseMode.ANY_AGENT ? "asked_a" : "a";
      String agents = mode == ResponseMode.ANY_AGENT ? "asked_a, a" : "a, rsp_a";
      String end = "to_timestamp(%d / 1000.0) + interval '999 us'".formatted(through);
      List<String> rows =
          database.strings(
              ("select case when a_ts <= %2$s then concat_ws(' ', b, opened, %1$s, answered, final)"
                      + " else concat_ws(' ', b, opened, %3$s) end as row from (select *,"
                      + " (extract(epoch from b_ts) * 1000000)::bigint as opened,"
                      + " (extract(epoch from a_ts) * 1000000)::bigint as answered"
                      + " from tbl_result where b_ts <= %2$s) r")
                  .formatted(agents, end, asked));
      assertThat(rows.stream().map(row -> row.replaceAll(" t$", " true")).sorted())
          .as("complete through %d", through)
          .isEqualTo(expected);
      complete += rows.size();
    }

    private static long millis(long micros) {
      return Math.floorDiv(micros, 1000L);
    }

    /** The tasks between two crashes. */
    private final class Attempt {

      private final List<Subtask> subtasks = new ArrayList<>();
      private final Set<Message> late = new HashSet<>();
      private final long[] maxSeen = new long[partitions.size()];
      private long watermark = Long.MIN_VALUE;

      Attempt(int parallelism, OperatorSubtaskState state, int oldParallelism) throws Exception {
        Arrays.fill(maxSeen, Long.MIN_VALUE);
        for (int i = 0; i < parallelism; i++) {
          subtasks.add(
              new Subtask(
                  i,
                  parallelism,
                  state == null
                      ? null
                      : AbstractStreamOperatorTestHarness.repartitionOperatorState(
                          state, MAX_PARALLELISM, oldParallelism, parallelism, i),
                  late));
        }
      }

      void deliverOne() throws Exception {
        int partition = random.nextInt(partitions.size());
        while (offsets[partition] == partitions.get(partition).size()) {
          partition = (partition + 1) % partitions.size();
        }
        Message message = partitions.get(partition).get(offsets[partition]++);
        maxSeen[partition] = Math.max(maxSeen[partition], message.millis());
        int subtask =
            KeyGroupRangeAssignment.assignKeyToParallelOperator(
                mode.keyOf(message), MAX_PARALLELISM, subtasks.size());
        subtasks.get(subtask).operator.processElement(new StreamRecord<>(message));
        subtasks.get(subtask).pump();
        if (random.nextInt(3) == 0) {
          // A partition that has not been heard of since the crash counts as idle, now and then.
          long to = Long.MAX_VALUE;
          for (long seen : maxSeen) {
            if (seen != Long.MIN_VALUE || random.nextInt(3) > 0) {
              to = Math.min(to, seen == Long.MIN_VALUE ? seen : seen - boundMillis - 1);
            }
          }
          watermark(to);
        }
        if (random.nextInt(3) == 0) {
          now += TICK_MILLIS;
          for (Subtask each : subtasks) {
            each.tick();
          }
        }
      }

      void watermark(long to) throws Exception {
        if (to > watermark) {
          watermark = to;
          for (Subtask subtask : subtasks) {
            subtask.operator.processWatermark(to);
            subtask.pump();
          }
        }
      }

      /** Wakes up when others have taken its place, and tries to write all that it has. */
      void goOn() throws Exception {
        watermark(Long.MAX_VALUE);
        for (Subtask subtask : subtasks) {
          assertThatThrownBy(() -> subtask.results.prepareSnapshotPreBarrier(checkpoint))
              .isInstanceOf(TakenOverException.class);
          try {
            subtask.late.prepareSnapshotPreBarrier(checkpoint);
          } catch (TakenOverException e) {
            // It had something to write.
          }
        }
      }

      OperatorSubtaskState snapshot() throws Exception {
        checkpoint++;
        OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
        for (int i = 0; i < states.length; i++) {
          states[i] = subtasks.get(i).snapshot();
        }
        return AbstractStreamOperatorTestHarness.repackageState(states);
      }

      void end() throws Exception {
        for (Subtask subtask : subtasks) {
          subtask.operator.endInput();
          subtask.pump();
          subtask.results.endInput();
          subtask.late.endInput();
        }
      }

      void close() throws Exception {
        for (Subtask subtask : subtasks) {
          subtask.close();
        }
      }
    }

    /** The operator and its writers. */
    private final class Subtask {

      private final KeyedOneInputStreamOperatorTestHarness<ConversationKey, Message, SessionChange>
          operator;
      private final OneInputStreamOperatorTestHarness<
              SessionChange, CommittableMessage<SessionChange>>
          results;
      private final OneInputStreamOperatorTestHarness<LateMessage, CommittableMessage<LateMessage>>
          late;
      private final Set<Message> seenLate;

      Subtask(int index, int parallelism, OperatorSubtaskState state, Set<Message> seenLate)
          throws Exception {
        this.seenLate = seenLate;
        results = writer(tables.results(), index, parallelism, state != null);
        late = writer(tables.late(), index, parallelism, state != null);
        boolean live = options.get(JobOptions.RESULTS) == Results.LIVE;
        operator =
            new KeyedOneInputStreamOperatorTestHarness<>(
                new FirstResponseOperator(
                    mode,
                    Duration.ofSeconds(60),
                    live ? Duration.ofMillis(TICK_MILLIS) : Duration.ZERO),
                mode::keyOf,
                JobTypes.CONVERSATION_KEY,
                MAX_PARALLELISM,
                parallelism,
                index);
        operator.setup(
            JobTypes.SESSION_CHANGE.createSerializer(
                operator.getExecutionConfig().getSerializerConfig()));
        if (state != null) {
          operator.initializeState(state);
        }
        operator.setProcessingTime(now);
        operator.open();
        pump();
      }

      private <T> OneInputStreamOperatorTestHarness<T, CommittableMessage<T>> writer(
          Sink<T> sink, int index, int parallelism, boolean restored) throws Exception {
        var harness =
            new OneInputStreamOperatorTestHarness<T, CommittableMessage<T>>(
                new SinkWriterOperatorFactory<>(sink), MAX_PARALLELISM, parallelism, index);
        if (restored) {
          harness.setRestoredCheckpointId(checkpoint);
          harness.initializeState(OperatorSubtaskState.builder().build());
        }
        harness.setProcessingTime(now);
        harness.open();
        return harness;
      }

      void tick() throws Exception {
        operator.setProcessingTime(now);
        pump();
        // What waits in a writer may be sent before the crash, or not.
        if (random.nextBoolean()) {
          results.setProcessingTime(now);
          late.setProcessingTime(now);
        }
      }

      OperatorSubtaskState snapshot() throws Exception {
        operator.prepareSnapshotPreBarrier(checkpoint);
        pump();
        results.prepareSnapshotPreBarrier(checkpoint);
        late.prepareSnapshotPreBarrier(checkpoint);
        return operator.snapshot(checkpoint, checkpoint);
      }

      void pump() throws Exception {
        Queue<Object> output = operator.getOutput();
        while (!output.isEmpty()) {
          Object next = output.remove();
          if (next instanceof StreamRecord<?> change) {
            results.processElement(new StreamRecord<>((SessionChange) change.getValue()));
          } else if (next instanceof Watermark mark) {
            results.processWatermark(mark);
            late.processWatermark(mark);
          }
        }
        var lateOutput = operator.getSideOutput(FirstResponseOperator.LATE);
        if (lateOutput != null) {
          while (!lateOutput.isEmpty()) {
            StreamRecord<LateMessage> next = lateOutput.remove();
            seenLate.add(next.getValue().message());
            late.processElement(next);
          }
        }
      }

      void close() throws Exception {
        operator.close();
        results.close();
        late.close();
      }
    }
  }
}
