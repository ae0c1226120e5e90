package io.firstresponse.job.intake;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.decode.MessageOptions.AutomatedPolicy;
import io.firstresponse.job.decode.MessageOptions.Ids;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Naming;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.tally.Count;
import io.firstresponse.job.tally.Tally;
import io.firstresponse.job.tally.UnlikelyTimes;
import io.firstresponse.job.types.JobTypes;
import io.firstresponse.job.types.UnfitStateException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
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
 * is to be read. The operators behind it get only messages that count. The texts of their ids and
 * names, and their labels, go to side outputs; sessions are computed with keys only.
 */
public final class Intake extends ProcessFunction<Received, Message>
    implements CheckpointedFunction {

  /** Records that cannot be used. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", JobTypes.DEAD_LETTER);

  /** What messages that count say of their agents. */
  public static final OutputTag<Naming> AGENTS = new OutputTag<>("agents", JobTypes.NAMING);

  /** What messages that count say of their customers. */
  public static final OutputTag<Naming> CUSTOMERS = new OutputTag<>("customers", JobTypes.NAMING);

  /** The label sets of messages that count, by their keys. */
  public static final OutputTag<Naming> LABELS = new OutputTag<>("labels", JobTypes.NAMING);

  /** The metric with the number of records read before this attempt of the task. */
  public static final String READ_BEFORE = "messagesReadBefore";

  private static final long serialVersionUID = 1;

  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  private static final ListStateDescriptor<String> IDS =
      new ListStateDescriptor<>("ids", Types.STRING);

  private final Ids ids;
  private final AutomatedPolicy policy;
  private final Set<Long> botAgents;
  private final long from;
  private final long to;
  private final InstantSource clock;
  private transient ListState<String> idsState;
  private transient Tally tally;
  private transient long unlikelyFrom;
  private transient boolean warned;
  private transient Map<DeadLetter.Reason, Counter> byReason;
  private transient DeadLetterLog deadLetterLog;

  /**
   * Takes messages of any time, whose ids are integers.
   *
   * @param policy how automated messages are treated
   * @param botAgents agents whose messages count as automated, even without the mark
   */
  public Intake(AutomatedPolicy policy, Set<Long> botAgents) {
    this(Ids.INTEGER, policy, botAgents, Long.MIN_VALUE, Long.MAX_VALUE, InstantSource.system());
  }

  /**
   * Takes messages of a period.
   *
   * @param ids what ids are: state of a job with others is refused
   * @param policy how automated messages are treated
   * @param botAgents agents whose messages count as automated, even without the mark
   * @param from the start of the period, in microseconds since 1970
   * @param to the end of the period, exclusive
   * @param clock for the present year; it has to be serializable
   */
  public Intake(
      Ids ids,
      AutomatedPolicy policy,
      Set<Long> botAgents,
      long from,
      long to,
      InstantSource clock) {
    this.ids = ids;
    this.policy = policy;
    this.botAgents = Set.copyOf(botAgents);
    this.from = from;
    this.to = to;
    this.clock = clock;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    idsState = context.getOperatorStateStore().getUnionListState(IDS);
    refuseOtherIds(context.isRestored());
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
            Count.EVENTS,
            Count.HANDOVERS);
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

  /** A customer would have another key from then on, and open sessions no answer. */
  private void refuseOtherIds(boolean restored) throws Exception {
    List<String> before = new ArrayList<>();
    idsState.get().forEach(before::add);
    if (restored && before.isEmpty()) {
      // There was nothing else then.
      before.add(Ids.INTEGER.toString());
    }
    for (String of : before) {
      if (!of.equals(ids.toString())) {
        throw new UnfitStateException(
            "This checkpoint is of a job with %1$s %2$s, and this job has %3$s. Go on with --%1$s %2$s, or start anew with empty tables."
                .formatted(MessageOptions.IDS.key(), of, ids));
      }
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    idsState.update(List.of(ids.toString()));
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
      take(message, context, out);
    } else if (received instanceof Mapped mapped) {
      tally.add(Count.READ, mapped.handovers());
      tally.add(Count.EVENTS, mapped.handovers());
      tally.add(Count.HANDOVERS, mapped.handovers());
      if (mapped.outputs() == 0) {
        tally.add(Count.SKIPPED, 1);
      } else {
        tally.add(Count.FURTHER, mapped.outputs() - 1);
      }
      mapped.messages().forEach(message -> take(message, context, out));
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

  private void take(Message message, Context context, Collector<Message> out) {
    tally.add(Count.READ, 1);
    if (message.closes()) {
      tally.add(Count.EVENTS, 1);
    } else if (message.ts() < UnlikelyTimes.FIRST_LIKELY) {
      tally.add(Count.BEFORE_1990, 1);
    } else if (isAfterNextYear(message)) {
      tally.add(Count.AFTER_NEXT_YEAR, 1);
    }
    boolean outside = message.ts() < from || message.ts() >= to;
    if (outside || (policy == AutomatedPolicy.IGNORE && isAutomated(message))) {
      tally.add(Count.IGNORED, 1);
      return;
    }
    if (!message.texts().isEmpty()) {
      putOutTexts(message, context);
    }
    out.collect(message);
  }

  private void putOutTexts(Message message, Context context) {
    Texts texts = message.texts();
    boolean hasAgent = message.a() != Session.NOBODY;
    if (hasAgent && (texts.agentId() != null || texts.agentName() != null)) {
      context.output(
          AGENTS, new Naming(message.a(), texts.agentId(), texts.agentName(), message.ts()));
    }
    if (texts.customerId() != null || texts.customerName() != null) {
      context.output(
          CUSTOMERS,
          new Naming(message.b(), texts.customerId(), texts.customerName(), message.ts()));
    }
    if (texts.labels() != null) {
      context.output(LABELS, new Naming(message.labels(), texts.labels(), null, message.ts()));
    }
  }

  /** Reads the clock again before it says yes, since the year changes while a job runs. */
  private boolean isAfterNextYear(Message message) {
    if (message.ts() >= unlikelyFrom) {
      unlikelyFrom = UnlikelyTimes.afterNextYear(clock.instant());
    }
    return message.ts() >= unlikelyFrom;
  }

  /** A close counts whoever caused it. */
  private boolean isAutomated(Message message) {
    return !message.closes()
        && (message.automated() || (message.direct() && botAgents.contains(message.a())));
  }
}
