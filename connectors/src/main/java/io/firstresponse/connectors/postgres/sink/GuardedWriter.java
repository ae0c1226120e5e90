package io.firstresponse.connectors.postgres.sink;

import java.io.IOException;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.connector.sink2.SinkWriter;

/**
 * A writer with a {@link TransactionGuard}. It claims the right to write when it first has
 * something to do, not when it is created: a job that fails while it restores its state has kept
 * nobody out.
 *
 * @param <T> the type of a row
 */
@PublicEvolving
public interface GuardedWriter<T> extends SinkWriter<T> {

  /**
   * Claims the right to write now, unless that has been done.
   *
   * @throws IOException if the writer may not write
   */
  void claim() throws IOException, InterruptedException;
}
