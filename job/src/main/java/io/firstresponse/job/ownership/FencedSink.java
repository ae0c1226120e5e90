package io.firstresponse.job.ownership;

import io.firstresponse.connectors.postgres.sink.PostgresUpsertSink;
import java.io.IOException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * A sink behind the keyed function whose writers have a {@link Fence}: neither an attempt that
 * Flink has given up nor a job that was submitted earlier writes.
 *
 * @param table where rows go
 * @param target its name, as {@code tbl_writer} has it
 */
public record FencedSink<T>(PostgresUpsertSink<T> table, Takeover takeover, String target)
    implements Sink<T> {

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return table.createWriter(context, takeover.fence(context, target));
  }
}
