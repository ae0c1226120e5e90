package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.CatchUp;
import io.firstresponse.job.domain.Correction;
import io.firstresponse.job.domain.DueMessages;
import io.firstresponse.job.domain.FinalSessions;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.LiveSessions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.Shard;
import io.firstresponse.job.ownership.JobStart;
import io.firstresponse.job.ownership.Recovery;
import io.firstresponse.job.tally.Count;
import io.firstresponse.job.tally.Tally;
import io.firstresponse.job.types.JobTypes;
import io.firstresponse.job.types.UnfitStateException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keyed operator of the job. For each customer (and agent, in addressed-agent mode) it keeps
 * messages until the watermark has passed them, orders them and takes them through the state
 * machine. It emits a session when it opens and when it ends, by an answer or a close; a session
 * opened and ended within one advance of the watermark is emitted once. With live results it also
 * publishes provisional sessions of the waiting messages, and corrects them.
 *
 * <p>The key in Flink is not the customer but a {@link io.firstresponse.job.domain.Shards shard},
 * which holds the customers of one key group. A shard has one event-time timer, at the next
 * watermark, while messages wait. With live results it has one processing-time timer while there
 * are messages to publish. So no message costs a timer or a state entry of its own, and the rows
 * that a watermark makes final are emitted before Flink forwards that watermark.
 *
 * <p>State: see {@link ShardStore} and {@link StartState}. In a batch the only watermark is the one
 * at the end of the input.
 */
public final class FirstResponseFunction
    extends KeyedProcessFunction<Integer, Message, SessionChange> implements CheckpointedFunction {

  /** Messages at or behind the watermark. */
  public static final OutputTag<LateMessage> LATE =
      new OutputTag<>("late-messages", JobTypes.LATE_MESSAGE);

  /** Provisional sessions that proved wrong. */
  public static final OutputTag<Correction> CORRECTIONS =
      new OutputTag<>("corrections", JobTypes.CORRECTION);

  private static final long serialVersionUID = 1;

  private static final Logger LOG = LoggerFactory.getLogger(FirstResponseFunction.class);

  /** The messages of a shard that are written together: 12 KB of the heap for each shard. */
  private static final int COLLECTED = 512;

  private final ResponseMode mode;
  private final long waitMillis;
  private final long liveMillis;
  private final JobStart start;
  private final int collected;
  private final boolean batch;

  private transient Tally tally;
  private transient StartState startState;
  private transient ShardStore shards;
  private transient DueMessages due;
  private transient FinalSessions finalSessions;
  private transient LiveSessions liveSessions;
  private transient CatchUp catchUp;

  // Set for the present call.
  private transient Collector<SessionChange> rows;
  private transient Context context;
  private transient TimerService timers;
  private transient long opened;
  private transient long answered;
  private transient long closed;
  private transient long published;
  private transient boolean advanced;

  /**
   * Creates the function of a stream.
   *
   * @param mode who may answer
   * @param wait how long messages usually wait for the watermark
   * @param liveInterval how often to publish provisional sessions; 0 for never
   * @param start how the job starts on its tables
   */
  public FirstResponseFunction(
      ResponseMode mode, Duration wait, Duration liveInterval, JobStart start) {
    this(mode, wait, liveInterval, start, COLLECTED, false);
  }

  /**
   * The function of a batch, in which there are no checkpoints, and no watermark before the one at
   * the end of the input.
   *
   * @param mode who may answer
   * @param start how the job starts on its tables
   */
  public static FirstResponseFunction ofBatch(ResponseMode mode, JobStart start) {
    return new FirstResponseFunction(mode, Duration.ZERO, Duration.ZERO, start, COLLECTED, true);
  }

  /**
   * Creates the function of a stream.
   *
   * @param collected how many messages of a shard are written together to a state backend that is
   *     not on the heap
   */
  FirstResponseFunction(
      ResponseMode mode, Duration wait, Duration liveInterval, JobStart start, int collected) {
    this(mode, wait, liveInterval, start, collected, false);
  }

  private FirstResponseFunction(
      ResponseMode mode,
      Duration wait,
      Duration liveInterval,
      JobStart start,
      int collected,
      boolean batch) {
    this.mode = mode;
    this.waitMillis = wait.toMillis();
    this.liveMillis = liveInterval.toMillis();
    this.start = start;
    this.collected = collected;
    this.batch = batch;
  }

  @Override
  public void initializeState(FunctionInitializationContext stored) throws Exception {
    tally =
        new Tally(
            getRuntimeContext(),
            stored.getOperatorStateStore(),
            Count.LATE,
            Count.USED,
            Count.WAITING,
            Count.UNPUBLISHED,
            Count.OPENED,
            Count.ANSWERED,
            Count.CLOSED,
            Count.CORRECTED);
    startState = new StartState(stored, mode, isLive(), start.tables());
    shards =
        batch
            ? new BatchShards()
            : new BackendShards(
                stored,
                getRuntimeContext().getTaskInfo(),
                mode,
                isLive(),
                waitMillis,
                collected,
                startState.watermark());
    Recovery recovery =
        Recovery.of(
            stored.isRestored(),
            getRuntimeContext().getTaskInfo().getAttemptNumber(),
            batch,
            start);
    due = new DueMessages(mode);
    finalSessions = new FinalSessions(this::emit);
    liveSessions = new LiveSessions(mode, this::emit, this::emit, recovery.isNeeded());
    catchUp = new CatchUp(liveMillis);
  }

  private boolean isLive() {
    return liveMillis > 0;
  }

  @Override
  public void open(OpenContext none) {
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    metrics.gauge(
        "openSessions",
        () -> tally.get(Count.OPENED) - tally.get(Count.ANSWERED) - tally.get(Count.CLOSED));
    metrics.gauge("watermarkLagMillis", this::watermarkLag);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext checkpoint) throws Exception {
    tally.snapshot();
    startState.snapshot(watermark());
    shards.snapshot();
  }

  @Override
  public void close() throws Exception {
    if (shards != null) {
      shards.close();
    }
  }

  @Override
  public void processElement(Message message, Context ctx, Collector<SessionChange> out)
      throws Exception {
    enter(ctx, out);
    long watermark = watermark();
    Shard shard = shards.current(ctx.getCurrentKey());
    if (message.millis() <= watermark) {
      refuseAfterEnd(watermark);
      tally.add(Count.LATE, 1);
      ctx.output(LATE, new LateMessage(message, watermark));
      if (isLive()) {
        liveSessions.late(shard, message, watermark);
        count();
      }
      shards.release(ctx.getCurrentKey(), shard);
      return;
    }
    if (!shard.waits()) {
      timers.registerEventTimeTimer(watermark + 1);
    }
    shard.add(message);
    tally.add(Count.WAITING, 1);
    tally.add(Count.UNPUBLISHED, 1);
    publishLater(shard, watermark);
  }

  /** Only after a restore there can be messages behind the last watermark. */
  private static void refuseAfterEnd(long watermark) throws UnfitStateException {
    if (watermark == Long.MAX_VALUE) {
      throw new UnfitStateException(
          "This checkpoint was taken when the input had ended, as stop --drain does it: all sessions in it are final, and no message can follow. Start from a savepoint that was taken before, or without one, with --sink.start-over true, so that all messages are read again.");
    }
  }

  @Override
  public void onTimer(long at, OnTimerContext ctx, Collector<SessionChange> out) throws Exception {
    enter(ctx, out);
    Shard shard = shards.current(ctx.getCurrentKey());
    if (ctx.timeDomain() == TimeDomain.EVENT_TIME) {
      settle(shard, watermark());
    } else if (isLive()) {
      long expected = catchUp.expected(watermark(), timers.currentProcessingTime());
      liveSessions.publish(shard, watermark(), expected);
    }
    count();
    publishLater(shard, watermark());
    shards.release(ctx.getCurrentKey(), shard);
  }

  /** Emits the sessions that the watermark has made final. Flink forwards it afterwards. */
  private void settle(Shard shard, long watermark) throws IOException {
    logFirst(watermark);
    int taken;
    if (isLive()) {
      taken = liveSessions.settle(shard, watermark);
    } else {
      shard.takeThrough(watermark, due);
      taken = due.size();
      finalSessions.settle(due, shard.openSessions());
      tally.add(Count.UNPUBLISHED, -taken);
      due.clear();
    }
    tally.add(Count.WAITING, -taken);
    tally.add(Count.USED, taken);
    if (shard.waits()) {
      timers.registerEventTimeTimer(watermark + 1);
    }
  }

  private void logFirst(long watermark) {
    if (!advanced && watermark != Long.MAX_VALUE) {
      LOG.info("first watermark of this task: {}", Instant.ofEpochMilli(watermark));
    }
    advanced = true;
  }

  private void publishLater(Shard shard, long watermark) throws IOException {
    if (isLive() && shard.dueThrough(watermark).needsPublication()) {
      timers.registerProcessingTimeTimer(timers.currentProcessingTime() + catchUp.intervalMillis());
    }
  }

  private void enter(Context ctx, Collector<SessionChange> out) {
    context = ctx;
    rows = out;
    timers = ctx.timerService();
  }

  /**
   * The present watermark, which is not behind the one of the checkpoint that the task started
   * from. After a restore Flink's own watermark starts anew. Messages that were late before must
   * stay late, since the sessions of later messages are final.
   */
  private long watermark() {
    long checkpointed = startState.watermark();
    return timers == null ? checkpointed : Math.max(checkpointed, timers.currentWatermark());
  }

  /** Adds what the last call has done to the counts. */
  private void count() {
    long nowOpened = finalSessions.opened() + liveSessions.opened();
    long nowAnswered = finalSessions.answered() + liveSessions.answered();
    long nowClosed = finalSessions.closed() + liveSessions.closed();
    tally.add(Count.OPENED, nowOpened - opened);
    tally.add(Count.ANSWERED, nowAnswered - answered);
    tally.add(Count.CLOSED, nowClosed - closed);
    tally.add(Count.UNPUBLISHED, published - liveSessions.published());
    opened = nowOpened;
    answered = nowAnswered;
    closed = nowClosed;
    published = liveSessions.published();
  }

  /** How far the watermark is behind the clock, in milliseconds; NaN before the first one. */
  private double watermarkLag() {
    TimerService clock = timers;
    long now = watermark();
    return clock == null || now == Long.MIN_VALUE || now == Long.MAX_VALUE
        ? Double.NaN
        : clock.currentProcessingTime() - now;
  }

  private void emit(SessionChange change) {
    rows.collect(change);
  }

  private void emit(Correction correction) {
    tally.add(Count.CORRECTED, 1);
    context.output(CORRECTIONS, correction);
  }
}
