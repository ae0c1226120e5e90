package io.firstresponse.job.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.options.ResultOptions.Results;
import io.firstresponse.job.sessions.FirstResponseFunction;
import io.firstresponse.job.sessions.FunctionHarness;
import io.firstresponse.job.testing.CrashTables.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/**
 * A seeded run of the operator on some partitions, with checkpoints, and with crashes after which
 * what has come since the checkpoint comes again: in another order, with another watermark, at
 * another parallelism, while those who were taken for dead may go on. All of it is decided by the
 * seed.
 */
public final class CrashSchedule {

  public static final int MAX_PARALLELISM = 16;

  private static final long TICK_MILLIS = 100;

  private final Random random;
  private final ResponseMode mode;
  private final Results results;
  private final CrashTables tables;
  private final List<List<Message>> partitions = new ArrayList<>();
  private final long boundMillis;

  private long now;
  private long checkpoint;
  private int[] offsets;
  private Attempt attempt;

  private int[] checkpointedOffsets;
  private OperatorSubtaskState checkpointed;
  private int checkpointedParallelism;
  // Sessions that were in the table when their time was reported as complete.
  private long complete;

  public CrashSchedule(long seed, ResponseMode mode, Results results, CrashTables tables) {
    this(seed, mode, results, tables, messages(seed), Traces.of(seed).disorderMillis());
  }

  public CrashSchedule(
      long seed,
      ResponseMode mode,
      Results results,
      CrashTables tables,
      List<Message> messages,
      long disorderMillis) {
    this.random = new Random(seed);
    this.mode = mode;
    this.results = results;
    this.tables = tables;
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

  /** No message twice: it could be late once and in time once. */
  public static List<Message> messages(long seed) {
    Map<Message, Message> byPlain = new LinkedHashMap<>();
    for (Message message : Traces.of(seed).messages()) {
      Message plain = CrashTables.plain(message);
      byPlain.putIfAbsent(plain, TestLabels.with(plain, message.labels()));
    }
    return List.copyOf(byPlain.values());
  }

  /** Those that are not among the late ones. */
  public static List<Message> inTime(Collection<Message> messages, Set<Message> late) {
    return messages.stream().filter(message -> !late.contains(CrashTables.plain(message))).toList();
  }

  /** The number of sessions that were in the table when their time was reported as complete. */
  public long complete() {
    return complete;
  }

  public void toTheEnd() throws Exception {
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
    if (random.nextBoolean()) {
      // A checkpoint may also come between the last watermark and the end of the tasks. Then those
      // who were taken for dead have nothing left to write.
      checkpoint();
      crash(false);
      attempt.watermark(Long.MAX_VALUE);
    }
    attempt.end();
    attempt.close();
  }

  /** All at once, a checkpoint, a crash, and on. */
  public void throughAFlood() throws Exception {
    attempt = new Attempt(1, null, 1);
    for (int partition = 0; partition < offsets.length; partition++) {
      for (Message message : partitions.get(partition)) {
        attempt.subtasks.get(0).operator.processElement(new StreamRecord<>(message));
      }
      offsets[partition] = partitions.get(partition).size();
    }
    attempt.watermark(total() / 2);
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
    tables.checkpointed();
  }

  private void crash() throws Exception {
    crash(random.nextInt(3) == 0);
  }

  /**
   * @param wakesUp whether those who were taken for dead go on
   */
  private void crash(boolean wakesUp) throws Exception {
    Attempt before = attempt;
    if (!wakesUp) {
      before.close();
    }
    offsets = checkpointedOffsets.clone();
    tables.crashed();
    attempt = new Attempt(1 + random.nextInt(3), checkpointed, checkpointedParallelism);
    if (wakesUp) {
      List<String> contents = tables.contents();
      before.goOn();
      before.comeTooLate();
      assertThat(tables.contents())
          .as("what an attempt has changed that was replaced")
          .isEqualTo(contents);
      before.close();
    }
  }

  /** Up to the time that is reported as complete, the rows are those of the delivered messages. */
  private void checkComplete() throws Exception {
    OptionalLong reported = tables.completeThrough();
    if (reported.isEmpty()) {
      return;
    }
    long through = reported.getAsLong();
    Set<Message> delivered = new LinkedHashSet<>();
    for (int i = 0; i < offsets.length; i++) {
      delivered.addAll(partitions.get(i).subList(0, offsets[i]));
    }
    // Some late messages wait in their writer.
    delivered.removeAll(attempt.late);
    List<Row> expected =
        WindowQuery.sessions(mode, inTime(delivered, tables.late())).stream()
            .map(session -> new Row(session, true))
            .toList();
    List<String> rows = through(through, tables.rows());
    assertThat(rows).as("complete through %d", through).isEqualTo(through(through, expected));
    complete += rows.size();
  }

  /** What is settled of rows: that they were opened, and how they ended. */
  private static List<String> through(long through, List<Row> rows) {
    return rows.stream()
        .filter(row -> millis(row.session().openedAt()) <= through)
        .map(
            row -> {
              Session session = row.session();
              boolean settled = !session.isOpen() && millis(session.endedAt()) <= through;
              return settled
                  ? row.toString()
                  : Session.open(session.b(), session.openedAt(), session.asked(), session.labels())
                      .toString();
            })
        .sorted()
        .toList();
  }

  private static long millis(long micros) {
    return Math.floorDiv(micros, 1000L);
  }

  /** The tasks between two crashes. */
  private final class Attempt {

    private final List<Subtask> subtasks = new ArrayList<>();
    private final Set<Message> late = new LinkedHashSet<>();
    private final long startedFrom = checkpoint;
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
      int subtask = FunctionHarness.taskOf(mode, message, MAX_PARALLELISM, subtasks.size());
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
        subtask.writers.writeInVain(checkpoint);
      }
    }

    /** What would have been if it had stood still from its start until now. */
    void comeTooLate() throws Exception {
      if (startedFrom > 0 && startedFrom < checkpoint) {
        for (int i = 0; i < subtasks.size(); i++) {
          tables.openInVain(i, subtasks.size(), startedFrom);
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
        subtask.writers.endInput();
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

    private final FunctionHarness operator;
    private final CrashTables.Writers writers;
    private final Set<Message> seenLate;

    Subtask(int index, int parallelism, OperatorSubtaskState state, Set<Message> seenLate)
        throws Exception {
      this.seenLate = seenLate;
      writers = tables.open(index, parallelism, state != null, checkpoint, now);
      operator =
          new FunctionHarness(
              mode,
              results == Results.LIVE ? Duration.ofMillis(TICK_MILLIS) : Duration.ZERO,
              MAX_PARALLELISM,
              parallelism,
              index);
      operator.setUpTypes();
      if (state != null) {
        operator.initializeState(state);
      }
      operator.setProcessingTime(now);
      operator.open();
      pump();
    }

    void tick() throws Exception {
      operator.setProcessingTime(now);
      pump();
      // What waits in a writer may be sent before the crash, or not.
      if (random.nextBoolean()) {
        writers.tick(now);
      }
    }

    OperatorSubtaskState snapshot() throws Exception {
      operator.prepareSnapshotPreBarrier(checkpoint);
      pump();
      writers.prepare(checkpoint);
      return operator.snapshot(checkpoint, checkpoint);
    }

    void pump() throws Exception {
      Queue<Object> output = operator.getOutput();
      while (!output.isEmpty()) {
        Object next = output.remove();
        if (next instanceof StreamRecord<?> change) {
          writers.write((SessionChange) change.getValue());
        } else if (next instanceof Watermark mark) {
          writers.watermark(mark);
        }
      }
      var lateOutput = operator.getSideOutput(FirstResponseFunction.LATE);
      if (lateOutput != null) {
        while (!lateOutput.isEmpty()) {
          LateMessage late = lateOutput.remove().getValue();
          seenLate.add(late.message());
          writers.write(late);
        }
      }
    }

    void close() throws Exception {
      operator.close();
      writers.close();
    }
  }
}
