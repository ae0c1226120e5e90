package io.firstresponse.job.intake;

import io.firstresponse.job.decode.MessageOptions.AutomatedPolicy;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
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
 * The first operator after the source. It counts records, sends dead letters to a side output, and
 * drops automated messages (if the policy is to ignore them) and messages outside the period that
 * is to be read. The operators behind it get only messages that count.
 */
public final class Intake extends ProcessFunction<Received, Message>
    implements CheckpointedFunction {

  /** Records that cannot be used. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", JobTypes.DEAD_LETTER);

  /** The metric with the number of records read before this attempt of the task. */
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
  private transient DeadLetterLog deadLetterLog;

  /**
   * Takes messages of any time.
   *
   * @param policy how automated messages are treated
   * @param botAgents agents whose messages count as automated, even without the mark
   */
  public Intake(AutomatedPolicy policy, Set<Long> botAgents) {
    this(policy, botAgents, Long.MIN_VALUE, Long.MAX_VALUE, InstantSource.system());
  }

  /**
   * Takes messages of a period.
   *
   * @param policy how automated messages are treated
   * @param botAgents agents whose messages count as automated, even without the mark
   * @param from the start of the period, in microseconds since 1970
   * @param to the end of the period, exclusive
   * @param clock for the present year; it has to be serializable
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
    deadLetterLog = new DeadLetterLog(clock, LOG::info);
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
    deadLetterLog.writeIfDue();
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
  public void close() {
    if (deadLetterLog != null) {
      deadLetterLog.finish();
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
    deadLetterLog.add(dead.reason());
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

  /** Reads the clock again before it says yes, since the year changes while a job runs. */
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
