package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.Fence;
import io.firstresponse.connectors.postgres.FencedWriter;
import io.firstresponse.connectors.postgres.PostgresUpsertSink;
import java.io.IOException;
import java.io.Serializable;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * A sink that follows the keyed operator, and of which only the latest writers write: neither those
 * of an attempt that Flink has given up, nor those of a job that was submitted before.
 */
final class FencedSink<T> implements Sink<T> {

  private static final long serialVersionUID = 1;

  /** What writers do in addition. */
  @FunctionalInterface
  interface Recovery<T> extends Serializable {
    SinkWriter<T> of(FencedWriter<T> rows, Fence fence, Takeover.OfTask takeover);
  }

  private final PostgresUpsertSink<T> table;
  private final Takeover takeover;
  private final String target;
  private final boolean tells;
  private final Recovery<T> recovery;

  /**
   * @param table where rows go
   * @param target its name, as {@code tbl_writer} has it
   * @param tells whether {@code tbl_writer} has how far the rows are complete
   */
  FencedSink(
      PostgresUpsertSink<T> table,
      Takeover takeover,
      String target,
      boolean tells,
      Recovery<T> recovery) {
    this.table = table;
    this.takeover = takeover;
    this.target = target;
    this.tells = tells;
    this.recovery = recovery;
  }

  /** The rows of the writers before are looked up later: by then none can come any more. */
  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    Takeover.OfTask task = takeover.of(context);
    Fence fence = task.fence(target, tells);
    return recovery.of(table.createWriter(context, fence), fence, task);
  }
}
