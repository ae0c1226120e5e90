package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.PostgresUpsertSink;
import java.io.IOException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * A sink that follows the keyed function, and of which only the latest writers write: neither those
 * of an attempt that Flink has given up, nor those of a job that was submitted before.
 *
 * @param table where rows go
 * @param target its name, as {@code tbl_writer} has it
 */
record FencedSink<T>(PostgresUpsertSink<T> table, Takeover takeover, String target)
    implements Sink<T> {

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return table.createWriter(context, takeover.of(context).fence(target, false));
  }
}
