package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.Correction;
import io.firstresponse.job.domain.DueMessages;
import io.firstresponse.job.domain.FinalSessions;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.LiveSessions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.NoOpenSessions;
import io.firstresponse.job.domain.OpenSessions;
import io.firstresponse.job.domain.PendingMessages;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.Sessions;
import io.firstresponse.job.tables.CheckpointWatermark;
import io.firstresponse.job.tables.JobStart;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import io.firstresponse.job.tally.Tally;
import io.firstresponse.job.types.JobTypes;
import io.firstresponse.job.types.UnfitStateException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.sorted.state.BatchExecutionKeyedStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.OutputTag;

/**
 * Per customer (and agent, in addressed-agent mode): buffers messages until the watermark passes
 * them, orders them, takes them through the state machine, and emits each session when it opens and
 * when it is answered; what opens and is answered in one step of the watermark comes once. With
 * live results it tells of the sessions that the buffered messages make as well, and corrects them.
 *
 * <p>It is what a keyed process function with a buffer and a timer for each customer would be, and
 * gives the same rows. Timers and a second access to state for each message are what such a
 * function spends its time on, so this operator goes below it: messages wait in plain arrays, one
 * {@link PendingMessages} for each key group, and a step of the watermark takes from each what is
 * due, ordered by customer. It gains a multiple of the throughput, and checkpoints whose
 * synchronous part hardly grows with what waits. It gives up that waiting messages can leave the
 * heap: with RocksDB only the open sessions do, and a checkpoint first writes what waits into it.
 *
 * <p>State: the open session of each customer who waits for an answer, under the customer's key;
 * the waiting messages of each key group, under a key that stands for the group, put there when a
 * checkpoint is taken. Both are ordinary keyed state, which savepoints carry to any parallelism and
 * state backend. A customer who waits for nothing leaves nothing behind. Beside them four small
 * lists, which every task reads in full: the progress of the watermark, whether results were live,
 * the response mode, and the identity of the tables.
 *
 * <p>In batch mode messages come key by key, and no watermark before the end: there each key is
 * settled when the next one begins.
 */
public final class FirstResponseOperator extends AbstractStreamOperator<SessionChange>
    implements OneInputStreamOperator<Message, SessionChange>, BoundedOneInput {

  /** Messages at or behind the watermark. */
  public static final OutputTag<LateMessage> LATE =
      new OutputTag<>("late-messages", JobTypes.LATE_MESSAGE);

  /** Sessions that were told of before they were final, and were not so. */
  public static final OutputTag<Correction> CORRECTIONS =
      new OutputTag<>("corrections", JobTypes.CORRECTION);

  private static final long serialVersionUID = 1;

  /** Into so many buckets the time is divided that messages wait. */
  private static final long BUCKETS = 8;

  private static final long SHORTEST_BUCKET_MILLIS = 100;

  /** Some 50 ms of work. In between, checkpoint barriers and new messages get their turn. */
  private static final int MESSAGES_A_SLICE = 100_000;

  /** Their rows fill some batches of the sink. */
  private static final int KEYS_A_SLICE = 10_000;

  /** So many times faster than the clock the watermark moves at least when a job catches up. */
  private static final long CATCHING_UP = 2;

  private final ResponseMode mode;
  private final long bucketMillis;
  private final long liveMillis;
  private final JobStart start;

  private transient MailboxExecutor mailbox;
  private transient Tally tally;
  private transient DueMessages due;
  private transient Sessions sessions;
  private transient StreamRecord<SessionChange> changed;

  private transient KeyGroupRange groups;
  private transient int maxParallelism;
  private transient PendingMessages[] pending;
  // How many messages they hold. Reporters of metrics read it from outside, as they read counters.
  private transient LongCounter waiting;
  private transient ConversationKey[] groupKeys;
  private transient ValueState<PendingMessages> pendingState;

  private transient ListState<Long> watermarkState;
  private transient ListState<Boolean> toldState;
  private transient ListState<String> modeState;
  private transient ListState<String> tablesState;

  private transient long watermark;
  // How far the watermark of the checkpoint had come in all tasks.
  private transient long checkpointed;
  // The last watermark that has been taken through all groups.
  private transient long settledThrough;
  // The watermark has been taken through the groups before this one.
  private transient int nextGroup;
  private transient boolean sliceWaits;
  // The last watermark whose sessions have been told of, and the one of the present turn.
  private transient long handedOn;
  private transient long turnWatermark;

  private transient long opened;
  private transient long answered;

  private transient Future<?> nextTell;

  private transient boolean recovers;
  private transient boolean batch;
  private transient ConversationKey batchKey;

  /**
   * @param mode what sessions belong to
   * @param maxOutOfOrderness how long messages wait as a rule
   * @param liveInterval how often to tell of sessions before they are final; 0 for never
   * @param start how the job starts on its tables
   */
  public FirstResponseOperator(
      ResponseMode mode, Duration maxOutOfOrderness, Duration liveInterval, JobStart start) {
    this.mode = mode;
    this.start = start;
    this.liveMillis = liveInterval.toMillis();
    this.bucketMillis = Math.max(SHORTEST_BUCKET_MILLIS, maxOutOfOrderness.toMillis() / BUCKETS);
  }

  @Override
  public void setMailboxExecutor(MailboxExecutor mailboxExecutor) {
    super.setMailboxExecutor(mailboxExecutor);
    this.mailbox = mailboxExecutor;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    tally =
        new Tally(
            getRuntimeContext(),
            context.getOperatorStateStore(),
            Count.LATE,
            Count.USED,
            Count.OPENED,
            Count.ANSWERED,
            Count.CORRECTED);
    waiting = new LongCounter();
    getRuntimeContext().addAccumulator(Conservation.WAITING, waiting);
    due = new DueMessages(mode);
    changed = new StreamRecord<>(null);
    watermark = Long.MIN_VALUE;
    checkpointed = Long.MIN_VALUE;
    settledThrough = Long.MIN_VALUE;
    handedOn = Long.MIN_VALUE;
    turnWatermark = Long.MIN_VALUE;
    // There, state lasts as long as its key is the current one: of no use, and not needed.
    batch = getKeyedStateBackend() instanceof BatchExecutionKeyedStateBackend;
    recovers =
        CheckpointWatermark.isSent(
            start,
            context.isRestored(),
            getRuntimeContext().getTaskInfo().getAttemptNumber(),
            batch);
    sessions = sessions(context);
    TaskInfo task = getRuntimeContext().getTaskInfo();
    maxParallelism = task.getMaxNumberOfParallelSubtasks();
    groups =
        batch
            ? KeyGroupRange.of(0, 0)
            : KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                maxParallelism, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
    pending = new PendingMessages[groups.getNumberOfKeyGroups()];
    nextGroup = pending.length;
    for (int group = 0; group < pending.length; group++) {
      pending[group] = new PendingMessages(bucketMillis);
    }
    if (!batch) {
      groupKeys = groupKeys(groups, maxParallelism);
      pendingState =
          context
              .getKeyedStateStore()
              .getState(new ValueStateDescriptor<>("pending-messages", JobTypes.PENDING_MESSAGES));
      if (context.isRestored()) {
        restorePending();
      }
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    MetricGroup metrics = getMetricGroup();
    metrics.gauge("openSessions", () -> tally.get(Count.OPENED) - tally.get(Count.ANSWERED));
    metrics.gauge(Conservation.WAITING, waiting::getLocalValuePrimitive);
    metrics.gauge("watermarkLagMillis", this::watermarkLag);
    if (recovers) {
      handOn(CheckpointWatermark.of(checkpointed));
    }
    if (liveMillis > 0 && !batch) {
      tellLater();
    }
  }

  /**
   * With live results, what is in a checkpoint has been told of, and settled as far as the
   * watermark has come: only what comes after it can be told otherwise. With final results the rest
   * of a flood waits in the checkpoint, and is told in one way only, whenever that is.
   */
  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    if (liveMillis > 0) {
      while (nextGroup < pending.length) {
        settle(nextGroup++, watermark);
      }
      settledThrough = Math.max(settledThrough, watermark);
      tellAll();
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    tally.snapshot();
    if (batch) {
      return;
    }
    watermarkState.update(List.of(watermark));
    toldState.update(List.of(liveMillis > 0));
    modeState.update(List.of(mode.code()));
    tablesState.update(List.of(start.tables()));
    for (int group = 0; group < pending.length; group++) {
      enterGroup(group);
      if (pending[group].size() == 0) {
        pendingState.clear();
      } else {
        pendingState.update(pending[group].view());
      }
    }
  }

  /** Keys are entered where state is touched, which is not for each message. */
  @Override
  @SuppressWarnings("rawtypes")
  public void setKeyContextElement1(StreamRecord record) {}

  @Override
  public void processElement(StreamRecord<Message> record) throws Exception {
    Message message = record.getValue();
    if (message.millis() <= watermark) {
      tally.add(Count.LATE, 1);
      output.collect(LATE, new StreamRecord<>(new LateMessage(message, watermark)));
      sessions.late(message.b(), message.a());
      return;
    }
    if (batch) {
      beginKey(mode.keyOf(message));
    }
    long packed = PendingMessages.packed(message.ts(), message.direct());
    pending[group(message)].add(packed, message.b(), message.a());
    waiting.add(1);
    sessions.arrived(packed, message.b(), message.a());
  }

  /** After a recovery watermarks may begin before the one of the checkpoint: that one holds. */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    watermark = Math.max(watermark, mark.getTimestamp());
    nextGroup = 0;
    if (!sliceWaits) {
      settleSlice();
    }
  }

  @Override
  public void close() throws Exception {
    if (nextTell != null) {
      nextTell.cancel(false);
    }
    super.close();
  }

  @Override
  public void endInput() throws Exception {
    while (sliceWaits) {
      mailbox.yield();
    }
  }

  /**
   * Takes the watermark through some of the key groups, and through the rest when the mailbox comes
   * to it. The watermark is handed on when it has been taken through all, and told of.
   */
  private void settleSlice() throws Exception {
    sliceWaits = false;
    int taken = 0;
    while (nextGroup < pending.length && taken < MESSAGES_A_SLICE) {
      taken += settle(nextGroup++, watermark);
    }
    if (nextGroup < pending.length) {
      sliceWaits = true;
      mailbox.execute(this::settleSlice, "settle what the watermark has passed");
    } else {
      settledThrough = watermark;
      if (liveMillis == 0 || batch) {
        handOn(watermark);
      } else if (watermark == Long.MAX_VALUE) {
        tellAll();
      }
    }
  }

  private void tellLater() {
    ProcessingTimeService time = getProcessingTimeService();
    nextTell =
        time.registerTimer(
            time.getCurrentProcessingTime() + liveMillis,
            now -> {
              beginTurn();
              tellSlice();
            });
  }

  /** While it catches up, what will be final before the next turn is told once, as final. */
  private void beginTurn() {
    long step = turnWatermark == Long.MIN_VALUE ? 0 : settledThrough - turnWatermark;
    boolean catchesUp = step > CATCHING_UP * liveMillis;
    turnWatermark = settledThrough;
    sessions.beginTurn(catchesUp ? settledThrough + step : settledThrough);
  }

  /** Tells of some keys, and of the rest when the mailbox comes to it. */
  private void tellSlice() throws Exception {
    if (tell(KEYS_A_SLICE)) {
      mailbox.execute(this::tellSlice, "tell of what has arrived");
    } else {
      handOn(turnWatermark);
      tellLater();
    }
  }

  private void tellAll() throws Exception {
    sessions.beginTurn(Long.MIN_VALUE);
    tell(Integer.MAX_VALUE);
    handOn(settledThrough);
  }

  private boolean tell(int keys) throws Exception {
    boolean more = sessions.tell(keys, watermark);
    countSessions();
    return more;
  }

  private void handOn(long through) throws Exception {
    if (through > handedOn) {
      handedOn = through;
      super.processWatermark(new Watermark(through));
    }
  }

  private int settle(int group, long through) throws Exception {
    pending[group].takeThrough(through, due);
    int taken = due.size();
    if (taken > 0) {
      sessions.settle(due);
      due.clear();
      waiting.add(-taken);
      tally.add(Count.USED, taken);
      countSessions();
    }
    return taken;
  }

  private void countSessions() {
    tally.add(Count.OPENED, sessions.opened() - opened);
    tally.add(Count.ANSWERED, sessions.answered() - answered);
    opened = sessions.opened();
    answered = sessions.answered();
  }

  /** How far the watermark is behind the clock; not a number while it says nothing. */
  private double watermarkLag() {
    long now = watermark;
    return now == Long.MIN_VALUE || now == Long.MAX_VALUE
        ? Double.NaN
        : getProcessingTimeService().getCurrentProcessingTime() - now;
  }

  private void beginKey(ConversationKey key) throws Exception {
    if (!key.equals(batchKey)) {
      settle(0, Long.MAX_VALUE);
      batchKey = key;
    }
  }

  private void emit(SessionChange change) {
    output.collect(changed.replace(change));
  }

  private void emit(Correction correction) {
    tally.add(Count.CORRECTED, 1);
    output.collect(CORRECTIONS, new StreamRecord<>(correction));
  }

  private Sessions sessions(StateInitializationContext context) throws Exception {
    if (batch) {
      return new FinalSessions(new NoOpenSessions(), this::emit);
    }
    OperatorStateStore store = context.getOperatorStateStore();
    watermarkState = store.getUnionListState(new ListStateDescriptor<>("watermark", Types.LONG));
    toldState = store.getUnionListState(new ListStateDescriptor<>("live", Types.BOOLEAN));
    modeState = store.getUnionListState(new ListStateDescriptor<>("response-mode", Types.STRING));
    tablesState = store.getUnionListState(new ListStateDescriptor<>("tables", Types.STRING));
    refuseOtherMode();
    refuseOtherTables();
    if (liveMillis == 0 && wasLive()) {
      throw new UnfitStateException(
          "This checkpoint is of a job with live results: the table has rows that are not final,"
              + " and only a job with live results can finish them. Go on with --results live, or"
              + " start anew with empty tables.");
    }
    if (recovers) {
      restoreWatermark();
    }
    OpenSessions open = openSessions(context);
    return liveMillis > 0
        ? new LiveSessions(mode, open, this::emit, this::emit, recovers)
        : new FinalSessions(open, this::emit);
  }

  /**
   * What was late stays late: a message behind the watermark of the checkpoint would come after
   * others that count already. All tasks have the same watermark when a checkpoint is taken, but
   * for those that had none yet, and those of unaligned checkpoints.
   */
  private void restoreWatermark() throws Exception {
    checkpointed = Long.MAX_VALUE;
    for (long of : watermarkState.get()) {
      // The end of time is that of a job that was drained, and not of the one that goes on from it.
      long come = of == Long.MAX_VALUE ? Long.MIN_VALUE : of;
      watermark = Math.max(watermark, come);
      checkpointed = Math.min(checkpointed, come);
    }
    checkpointed = Math.min(checkpointed, watermark);
    settledThrough = checkpointed;
  }

  /** The keys of one mode mean nothing in the other: its sessions would stay open for ever. */
  private void refuseOtherMode() throws Exception {
    for (String of : modeState.get()) {
      if (!of.equals(mode.code())) {
        throw new UnfitStateException(
            "This checkpoint is of a job with response-mode %s, and this job has %s. Go on with --response-mode %s, or start anew with empty tables."
                .formatted(of, mode, of));
      }
    }
  }

  /** Rows from before the checkpoint would be missing, or be those of another input. */
  private void refuseOtherTables() throws Exception {
    for (String of : tablesState.get()) {
      if (!of.isEmpty() && !of.equals(start.tables())) {
        throw new UnfitStateException(
            "This checkpoint is of a job that wrote other tables, or these before they were begun anew. Go on with the tables that it wrote (--sink.jdbc.url, --sink.jdbc.schema), or start without it, with --sink.start-over true if these tables have rows.");
      }
    }
  }

  /** Whether a checkpoint was taken of a job with live results, which has told of what waits. */
  private boolean wasLive() throws Exception {
    for (boolean live : toldState.get()) {
      if (live) {
        return true;
      }
    }
    return false;
  }

  private OpenSessions openSessions(StateInitializationContext context) {
    KeyedStateStore store = context.getKeyedStateStore();
    return new KeyedOpenSessions(
        getKeyedStateBackend(),
        store.getState(new ValueStateDescriptor<>("open-session", JobTypes.OPEN_SESSION)));
  }

  private void restorePending() throws Exception {
    boolean told = wasLive();
    for (int group = 0; group < pending.length; group++) {
      enterGroup(group);
      PendingMessages restored = pendingState.value();
      if (restored != null) {
        PendingMessages taken = pending[group];
        waiting.add(restored.size());
        restored.forEach(
            (packed, b, a) -> {
              taken.add(packed, b, a);
              if (told) {
                sessions.restored(packed, b, a);
              } else {
                sessions.arrived(packed, b, a);
              }
            });
        // The next checkpoint puts them back; until then they are kept once.
        pendingState.clear();
      }
    }
  }

  private void enterGroup(int group) {
    getKeyedStateBackend()
        .setCurrentKeyAndKeyGroup(groupKeys[group], groups.getStartKeyGroup() + group);
  }

  private int group(Message message) {
    if (batch) {
      return 0;
    }
    int hash =
        mode == ResponseMode.ANY_AGENT
            ? ConversationKey.hash(message.b(), Session.NOBODY)
            : ConversationKey.hash(message.b(), message.a());
    return KeyGroupRangeAssignment.computeKeyGroupForKeyHash(hash, maxParallelism)
        - groups.getStartKeyGroup();
  }

  /**
   * A key that stands for each key group: the first one that belongs to it, counting customers from
   * 0. A customer may have the same key, for the two have different states.
   */
  private static ConversationKey[] groupKeys(KeyGroupRange groups, int maxParallelism) {
    ConversationKey[] keys = new ConversationKey[groups.getNumberOfKeyGroups()];
    int missing = keys.length;
    for (long b = 0; missing > 0; b++) {
      ConversationKey key = new ConversationKey(b, Session.NOBODY);
      int group = KeyGroupRangeAssignment.assignToKeyGroup(key, maxParallelism);
      if (groups.contains(group) && keys[group - groups.getStartKeyGroup()] == null) {
        keys[group - groups.getStartKeyGroup()] = key;
        missing--;
      }
    }
    return keys;
  }
}
