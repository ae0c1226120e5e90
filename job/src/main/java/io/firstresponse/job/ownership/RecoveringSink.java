package io.firstresponse.job.ownership;

import io.firstresponse.connectors.postgres.sink.GuardedWriter;
import io.firstresponse.connectors.postgres.sink.PostgresUpsertSink;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A {@link FencedSink} whose writers know the watermark of the checkpoint that they start from: it
 * is their state.
 *
 * <p>When a job is rescaled, Flink distributes the pieces of a sink's state over the new writers.
 * All writers have the same watermark at a checkpoint. So each writer stores it once for each of
 * its key groups, and a new writer knows it from any piece. There are as many pieces as key groups,
 * and so at least one for each writer.
 *
 * @param <T> what the sink takes
 * @param <R> the type of a row
 */
public final class RecoveringSink<T, R> implements Sink<T>, SupportsWriterState<T, Long> {

  private static final long serialVersionUID = 1;

  /** Makes the writer that recovers. */
  @FunctionalInterface
  public interface Recoverer<T, R> extends Serializable {

    /**
     * Makes the writer of a task.
     *
     * @param rows where rows go
     * @param fence that of the rows
     */
    RecoveringWriter<T, R> of(
        GuardedWriter<R> rows, Fence fence, TaskTakeover takeover, ProcessingTimeService clock);
  }

  private final PostgresUpsertSink<R> table;
  private final Takeover takeover;
  private final String target;
  private final boolean recordsProgress;
  private final Recoverer<T, R> recoverer;

  /**
   * @param table where rows go
   * @param target its name, as {@code tbl_writer} has it
   * @param recordsProgress whether {@code tbl_writer} has how far the rows are complete
   */
  public RecoveringSink(
      PostgresUpsertSink<R> table,
      Takeover takeover,
      String target,
      boolean recordsProgress,
      Recoverer<T, R> recoverer) {
    this.table = table;
    this.takeover = takeover;
    this.target = target;
    this.recordsProgress = recordsProgress;
    this.recoverer = recoverer;
  }

  @Override
  public RecoveringWriter<T, R> createWriter(WriterInitContext context) throws IOException {
    return restoreWriter(context, Collections.emptyList());
  }

  @Override
  public RecoveringWriter<T, R> restoreWriter(
      WriterInitContext context, Collection<Long> watermarks) throws IOException {
    TaskTakeover task = takeover.of(context, watermarks);
    Fence fence = task.fence(target, recordsProgress);
    return recoverer.of(
        table.createWriter(context, fence), fence, task, context.getProcessingTimeService());
  }

  @Override
  public SimpleVersionedSerializer<Long> getWriterStateSerializer() {
    return WatermarkSerializer.INSTANCE;
  }
}
