package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.sink.PostgresUpsertSink;
import io.firstresponse.job.domain.DeadLetter;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * The sink of {@code tbl_dead_letter} for a job that reads a file, or all files of a folder, from
 * the beginning to the end. At the end it deletes dead letters of these files that earlier jobs
 * wrote and this job did not: the records could be read this time, or are no longer in the files. A
 * job that restarts from its own checkpoint is the same submission. A job that goes on from another
 * job's state has not read the beginning, and must not use this sink.
 *
 * <p>Each task deletes them at its own end, in any order: dead letters of this submission are kept,
 * whichever task wrote them.
 *
 * @param name the table's name in SQL
 * @param root the path of the file or folder, as it is in the origins of dead letters
 * @param submitted when the job was, by the database's clock
 */
record DeadLetterSink(
    PostgresUpsertSink<DeadLetter> rows,
    PostgresConnections connections,
    String name,
    String root,
    OffsetDateTime submitted)
    implements Sink<DeadLetter> {

  private static final long serialVersionUID = 1;

  @Override
  public SinkWriter<DeadLetter> createWriter(WriterInitContext context) throws IOException {
    return new Writer(rows.createWriter(context));
  }

  private void deleteEarlier() throws IOException {
    try (connections) {
      Connection connection = connections.getOrEstablishConnection();
      try (PreparedStatement delete =
          connection.prepareStatement(
              "delete from %s where submitted_at < ? and reason <> ? and (origin = ? or starts_with(origin, ?))"
                  .formatted(name))) {
        delete.setObject(1, submitted);
        delete.setString(2, Gaps.REFUSED);
        delete.setString(3, root);
        delete.setString(4, root.endsWith("/") ? root : root + "/");
        delete.executeUpdate();
      }
    } catch (SQLException e) {
      throw new IOException(
          "deleting what earlier runs left in %s of %s failed".formatted(name, connections), e);
    }
  }

  private final class Writer implements SinkWriter<DeadLetter> {

    private final SinkWriter<DeadLetter> writer;

    private Writer(SinkWriter<DeadLetter> writer) {
      this.writer = writer;
    }

    @Override
    public void write(DeadLetter letter, Context context) throws IOException, InterruptedException {
      writer.write(letter, context);
    }

    @Override
    public void writeWatermark(Watermark mark) throws IOException, InterruptedException {
      writer.writeWatermark(mark);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
      writer.flush(endOfInput);
      if (endOfInput) {
        deleteEarlier();
      }
    }

    @Override
    public void close() throws Exception {
      writer.close();
    }
  }
}
