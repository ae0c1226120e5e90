package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.sink.PostgresUpsertSink;
import io.firstresponse.job.domain.Naming;
import io.firstresponse.job.ownership.Takeover;
import java.io.IOException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * The sink of {@code tbl_agent}, {@code tbl_customer} or {@code tbl_labels}. Its writers have a
 * fence, as those of the results: neither an attempt that Flink has given up nor a job that was
 * submitted earlier writes.
 *
 * @param rows where rows go
 * @param table the table
 * @param name the table's name in SQL
 * @param deadLetters the name of the table of dead letters in SQL
 * @param maxRows how many rows a batch has at most
 */
record NamesSink(
    PostgresUpsertSink<NamingRow> rows,
    Takeover takeover,
    NamesTable table,
    String name,
    String deadLetters,
    int maxRows)
    implements Sink<Naming> {

  private static final long serialVersionUID = 1;

  @Override
  public SinkWriter<Naming> createWriter(WriterInitContext context) throws IOException {
    IdCollisions collisions =
        new IdCollisions(
            table,
            name,
            deadLetters,
            takeover.start().submitted(),
            context.metricGroup().counter(IdCollisions.METRIC));
    return new NamesWriter(
        rows.createWriter(context, takeover.fence(context, table.table()), collisions),
        maxRows,
        new SeenNamings());
  }
}
