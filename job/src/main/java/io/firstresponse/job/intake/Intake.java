package io.firstresponse.job.intake;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.JobOptions.AutomatedPolicy;
import io.firstresponse.job.tally.Count;
import io.firstresponse.job.tally.Tally;
import io.firstresponse.job.tally.UnlikelyTimes;
import io.firstresponse.job.types.JobTypes;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where messages enter: counts what was read, puts dead letters aside, and leaves out automated
 * messages if the policy says so, and those of other times. Behind it there are only messages that
 * take part.
 */
public final class Intake extends ProcessFunction<Received, Message>
    implements CheckpointedFunction {

  /** What cannot take part. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", JobTypes.DEAD_LETTER);

  /** The metric of the records that had been read when this attempt of the task began. */
  public static final String READ_BEFORE = "messagesReadBefore";

  private static final long serialVersionUID = 1;

  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  private final AutomatedPolicy policy;
  private final Set<Long> botAgents;
  private final long from;
  private final long to;
  private final InstantSource clock;
  private transient Tally tally;
  private transient long unlikelyFrom;
  private transient boolean warned;
  private transient Map<DeadLetter.Reason, Counter> byReason;

  /**
   * @param policy what automated messages do
   * @param botAgents agents whose messages are automated whether marked or not
   */
  public Intake(AutomatedPolicy policy, Set<Long> botAgents) {
    this(policy, botAgents, Long.MIN_VALUE, Long.MAX_VALUE, InstantSource.system());
  }

  /**
   * @param policy what automated messages do
   * @param botAgents agents whose messages are automated whether marked or not
   * @param from the first time whose messages take part, in microseconds since 1970
   * @param to the first time after it whose messages do not
   * @param clock says what year it is; it has to be serializable
   */
  public Intake(
      AutomatedPolicy policy, Set<Long> botAgents, long from, long to, InstantSource clock) {
    this.policy = policy;
    this.botAgents = Set.copyOf(botAgents);
    this.from = from;
    this.to = to;
    this.clock = clock;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    tally =
        new Tally(
            getRuntimeContext(),
            context.getOperatorStateStore(),
            Count.READ,
            Count.IGNORED,
            Count.DEAD,
            Count.FUTURE,
            Count.BAD_TIMESTAMP,
            Count.BEFORE_1990,
            Count.AFTER_NEXT_YEAR,
            Count.SKIPPED,
            Count.FURTHER,
            Count.EVENTS);
    unlikelyFrom = UnlikelyTimes.afterNextYear(clock.instant());
    long before = tally.get(Count.READ);
    getRuntimeContext().getMetricGroup().gauge(READ_BEFORE, () -> before);
    byReason = new EnumMap<>(DeadLetter.Reason.class);
    for (DeadLetter.Reason reason : DeadLetter.Reason.values()) {
      byReason.put(
          reason,
          getRuntimeContext()
              .getMetricGroup()
              .addGroup("reason", reason.code())
              .counter("deadLettersByReason"));
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    tally.snapshot();
    if (!warned) {
      Optional<String> unlikely =
          UnlikelyTimes.ofMessages(
              tally.get(Count.READ) - tally.get(Count.DEAD) - tally.get(Count.EVENTS),
              tally.get(Count.BEFORE_1990),
              tally.get(Count.AFTER_NEXT_YEAR));
      unlikely.ifPresent(LOG::warn);
      warned = unlikely.isPresent();
    }
  }

  @Override
  public void processElement(Received received, Context context, Collector<Message> out) {
    if (received instanceof Message message) {
      take(message, out);
    } else if (received instanceof Mapped mapped) {
      tally.add(Count.READ, mapped.events());
      tally.add(Count.EVENTS, mapped.events());
      if (mapped.outputs() == 0) {
        tally.add(Count.SKIPPED, 1);
      } else {
        tally.add(Count.FURTHER, mapped.outputs() - 1);
      }
      mapped.messages().forEach(message -> take(message, out));
    } else {
      putAside((DeadLetter) received, context);
    }
  }

  private void putAside(DeadLetter dead, Context context) {
    tally.add(Count.READ, 1);
    tally.add(Count.DEAD, 1);
    byReason.get(dead.reason()).inc();
    if (dead.reason() == DeadLetter.Reason.FUTURE) {
      tally.add(Count.FUTURE, 1);
    } else if (dead.reason() == DeadLetter.Reason.BAD_TIMESTAMP) {
      tally.add(Count.BAD_TIMESTAMP, 1);
    }
    context.output(DEAD_LETTERS, dead);
  }

  private void take(Message message, Collector<Message> out) {
    tally.add(Count.READ, 1);
    if (message.ts() < UnlikelyTimes.FIRST_LIKELY) {
      tally.add(Count.BEFORE_1990, 1);
    } else if (isAfterNextYear(message)) {
      tally.add(Count.AFTER_NEXT_YEAR, 1);
    }
    boolean outside = message.ts() < from || message.ts() >= to;
    if (outside || (policy == AutomatedPolicy.IGNORE && isAutomated(message))) {
      tally.add(Count.IGNORED, 1);
      return;
    }
    out.collect(message);
  }

  /** Years pass while a job runs: the clock is looked at again when a message seems to be late. */
  private boolean isAfterNextYear(Message message) {
    if (message.ts() >= unlikelyFrom) {
      unlikelyFrom = UnlikelyTimes.afterNextYear(clock.instant());
    }
    return message.ts() >= unlikelyFrom;
  }

  private boolean isAutomated(Message message) {
    return message.automated() || (message.direct() && botAgents.contains(message.a()));
  }
}
