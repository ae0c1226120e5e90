package io.firstresponse.job;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.domain.Correction;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Naming;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.intake.Intake;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.options.OptionTime;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.ownership.JobStart;
import io.firstresponse.job.sessions.FirstResponseFunction;
import io.firstresponse.job.sessions.ShardKey;
import io.firstresponse.job.source.SourceOptions;
import io.firstresponse.job.source.SourceOptions.SourceType;
import io.firstresponse.job.tables.NameSinks;
import io.firstresponse.job.tables.NewNamings;
import io.firstresponse.job.types.JobTypes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/**
 * The complete graph: source (decodes, rejects messages from the future, makes watermarks per
 * split) → intake → one keyed function → the tables. Source and sinks are arguments, so that tests
 * can replace them.
 */
public final class Topology {

  /** The limit of the parallelism. It cannot be changed later without losing the state. */
  private static final int MAX_PARALLELISM = 720;

  private Topology() {}

  public static void define(
      StreamExecutionEnvironment env,
      ReadableConfig options,
      Source<Received, ?, ?> source,
      boolean batch,
      JobStart start,
      Sink<SessionChange> results,
      Optional<Sink<Correction>> corrections,
      Sink<LateMessage> late,
      Sink<DeadLetter> deadLetters,
      Optional<NameSinks> names,
      Optional<Sink<Naming>> labels) {
    ResponseMode mode = options.get(ResultOptions.RESPONSE_MODE);
    env.configure(
        new Configuration()
            .set(PipelineOptions.GENERIC_TYPES, false)
            .set(PipelineOptions.AUTO_GENERATE_UIDS, false));
    if (env.getMaxParallelism() <= 0) {
      env.setMaxParallelism(MAX_PARALLELISM);
    }

    SingleOutputStreamOperator<Received> records =
        env.fromSource(
                source, watermarks(options, source), OperatorId.SOURCE.title(), JobTypes.RECEIVED)
            .uid(OperatorId.SOURCE.uid());
    if (batch) {
      // Only the watermark at the end of the input is left.
      records =
          records
              .assignTimestampsAndWatermarks(WatermarkStrategy.noWatermarks())
              .uid(OperatorId.NO_WATERMARKS.uid())
              .name(OperatorId.NO_WATERMARKS.title());
    }
    SingleOutputStreamOperator<Message> messages =
        records
            .process(intake(options), JobTypes.MESSAGE)
            .uid(OperatorId.INTAKE.uid())
            .name(OperatorId.INTAKE.title());

    SingleOutputStreamOperator<SessionChange> sessions =
        messages
            .keyBy(new ShardKey(mode, env.getMaxParallelism()), Types.INT)
            .process(function(options, batch, start), JobTypes.SESSION_CHANGE)
            .uid(OperatorId.SESSIONS.uid())
            .name(OperatorId.SESSIONS.title());

    sessions.sinkTo(results).uid(OperatorId.RESULTS.uid()).name(OperatorId.RESULTS.title());
    corrections.ifPresent(
        sink ->
            sessions
                .getSideOutput(FirstResponseFunction.CORRECTIONS)
                .sinkTo(sink)
                .uid(OperatorId.CORRECTIONS.uid())
                .name(OperatorId.CORRECTIONS.title()));
    sessions
        .getSideOutput(FirstResponseFunction.LATE)
        .sinkTo(late)
        .uid(OperatorId.LATE.uid())
        .name(OperatorId.LATE.title());
    messages
        .getSideOutput(Intake.DEAD_LETTERS)
        .sinkTo(deadLetters)
        .uid(OperatorId.DEAD_LETTERS.uid())
        .name(OperatorId.DEAD_LETTERS.title());
    names.ifPresent(sinks -> names(messages, sinks));
    labels.ifPresent(
        sink ->
            newOnes(messages, Intake.LABELS, OperatorId.NEW_LABELS)
                .sinkTo(sink)
                .uid(OperatorId.LABELS.uid())
                .name(OperatorId.LABELS.title()));
  }

  /** What most messages say has been seen in the tasks of the intake, and stays there. */
  private static void names(SingleOutputStreamOperator<Message> messages, NameSinks sinks) {
    newOnes(messages, Intake.AGENTS, OperatorId.NEW_AGENTS)
        .sinkTo(sinks.agents())
        .uid(OperatorId.AGENTS.uid())
        .name(OperatorId.AGENTS.title());
    newOnes(messages, Intake.CUSTOMERS, OperatorId.NEW_CUSTOMERS)
        .sinkTo(sinks.customers())
        .uid(OperatorId.CUSTOMERS.uid())
        .name(OperatorId.CUSTOMERS.title());
  }

  private static DataStream<Naming> newOnes(
      SingleOutputStreamOperator<Message> messages, OutputTag<Naming> tag, OperatorId id) {
    return messages
        .getSideOutput(tag)
        .filter(new NewNamings())
        .uid(id.uid())
        .name(id.title())
        .keyBy(Naming::key, Types.LONG);
  }

  private static FirstResponseFunction function(
      ReadableConfig options, boolean batch, JobStart start) {
    ResponseMode mode = options.get(ResultOptions.RESPONSE_MODE);
    return batch
        ? FirstResponseFunction.ofBatch(mode, start)
        : new FirstResponseFunction(
            mode, options.get(EventTimeOptions.MAX_OUT_OF_ORDERNESS), liveInterval(options), start);
  }

  private static WatermarkStrategy<Received> watermarks(
      ReadableConfig options, Source<Received, ?, ?> source) {
    WatermarkStrategy<Received> bounded =
        WatermarkStrategy.<Received>forBoundedOutOfOrderness(
                options.get(EventTimeOptions.MAX_OUT_OF_ORDERNESS))
            .withTimestampAssigner(
                (received, none) ->
                    received instanceof Message message ? message.millis() : Long.MIN_VALUE);
    Duration idle = options.get(EventTimeOptions.IDLE_TIMEOUT);
    // Readers of files need no idleness: one without a file follows the others.
    boolean idles = !idle.isZero() && !reads(options, SourceType.FILES);
    WatermarkStrategy<Received> strategy =
        new MessageWatermarks(idles ? bounded.withIdleness(idle) : bounded);
    Duration drift = options.get(EventTimeOptions.MAX_DRIFT);
    return canBeAligned(options, source) && !drift.isZero()
        ? strategy.withWatermarkAlignment("messages", drift)
        : strategy;
  }

  /**
   * Whether watermark alignment can be used. Readers of files cannot pause a split. A Kafka reader
   * fails if it has to pause a partition whose end it has just reached, so bounded input is read
   * without alignment.
   */
  private static boolean canBeAligned(ReadableConfig options, Source<Received, ?, ?> source) {
    return reads(options, SourceType.KAFKA)
        && source.getBoundedness() == Boundedness.CONTINUOUS_UNBOUNDED;
  }

  private static boolean reads(ReadableConfig options, SourceType type) {
    return options.getOptional(SourceOptions.TYPE).filter(type::equals).isPresent();
  }

  /** How often provisional sessions are published; 0 for never. */
  private static Duration liveInterval(ReadableConfig options) {
    return switch (options.get(ResultOptions.RESULTS)) {
      case FINAL -> Duration.ZERO;
      case LIVE -> options.get(ResultOptions.LIVE_INTERVAL);
    };
  }

  private static Intake intake(ReadableConfig options) {
    return new Intake(
        options.get(MessageOptions.IDS),
        options.get(MessageOptions.AUTOMATED),
        MessageOptions.botAgents(options),
        OptionTime.of(options, MessageOptions.FROM).orElse(Long.MIN_VALUE),
        OptionTime.of(options, MessageOptions.TO).orElse(Long.MAX_VALUE),
        InstantSource.system());
  }
}
