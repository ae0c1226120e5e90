package io.firstresponse.connectors.postgres;

import java.io.IOException;
import org.apache.flink.api.connector.sink2.SinkWriter;

/**
 * A writer behind a {@link Fence}. It claims its place when it first has something to do, and not
 * when it is created: a job whose state does not fit ends before that, and has fenced off nobody.
 */
public interface FencedWriter<T> extends SinkWriter<T> {

  /**
   * Claims the writer's place now, unless it has done so before.
   *
   * @throws IOException if that cannot be, as when somebody later writes
   */
  void claim() throws IOException, InterruptedException;
}
