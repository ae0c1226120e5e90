package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.Fence;
import io.firstresponse.connectors.postgres.FencedWriter;
import io.firstresponse.connectors.postgres.PostgresUpsertSink;
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
 * A {@link FencedSink} whose writers know how far the watermark had come at the checkpoint that
 * they start from: it is their state.
 *
 * <p>When a job is rescaled, Flink deals the pieces of a sink's state out to the new writers. All
 * writers have had the same watermark at a checkpoint; so each keeps it once for each of its key
 * groups, and whoever is dealt any piece knows it. There are as many pieces as key groups, and so
 * one for each writer at least.
 */
final class RecoveringSink<T> implements Sink<T>, SupportsWriterState<T, Long> {

  private static final long serialVersionUID = 1;

  /** Makes the writer that recovers. */
  @FunctionalInterface
  interface Recovery<T> extends Serializable {
    RecoveringWriter<T> of(
        FencedWriter<T> rows, Fence fence, Takeover.OfTask takeover, ProcessingTimeService clock);
  }

  private final PostgresUpsertSink<T> table;
  private final Takeover takeover;
  private final String target;
  private final boolean reports;
  private final Recovery<T> recovery;

  /**
   * @param table where rows go
   * @param target its name, as {@code tbl_writer} has it
   * @param reports whether {@code tbl_writer} has how far the rows are complete
   */
  RecoveringSink(
      PostgresUpsertSink<T> table,
      Takeover takeover,
      String target,
      boolean reports,
      Recovery<T> recovery) {
    this.table = table;
    this.takeover = takeover;
    this.target = target;
    this.reports = reports;
    this.recovery = recovery;
  }

  @Override
  public RecoveringWriter<T> createWriter(WriterInitContext context) throws IOException {
    return restoreWriter(context, Collections.emptyList());
  }

  @Override
  public RecoveringWriter<T> restoreWriter(WriterInitContext context, Collection<Long> watermarks)
      throws IOException {
    Takeover.OfTask task = takeover.of(context, watermarks);
    Fence fence = task.fence(target, reports);
    return recovery.of(
        table.createWriter(context, fence), fence, task, context.getProcessingTimeService());
  }

  @Override
  public SimpleVersionedSerializer<Long> getWriterStateSerializer() {
    return WatermarkSerializer.INSTANCE;
  }
}
