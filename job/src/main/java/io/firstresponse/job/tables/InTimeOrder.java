package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.FencedWriter;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.SessionChange.Kind;
import io.firstresponse.job.spill.HeapShare;
import io.firstresponse.job.spill.SortedSessions;
import java.io.IOException;
import org.apache.flink.api.common.eventtime.Watermark;

/**
 * Keeps the sessions of a batch until the end and hands them on in the order of their opening, with
 * which the key of the table begins. PostgreSQL takes rows twice as fast in that order as customer
 * by customer.
 */
final class InTimeOrder implements FencedWriter<SessionChange> {

  private final FencedWriter<SessionChange> rows;
  private final HeapShare share = HeapShare.ofSessions();
  private final SortedSessions sessions = new SortedSessions(share);

  InTimeOrder(FencedWriter<SessionChange> rows) {
    this.rows = rows;
  }

  @Override
  public void claim() throws IOException, InterruptedException {
    rows.claim();
  }

  @Override
  public void write(SessionChange change, Context context)
      throws IOException, InterruptedException {
    if (change.kind() == Kind.NEW) {
      rows.claim();
      sessions.add(change.session());
    } else {
      // It takes the place of a row of another run.
      rows.write(change, context);
    }
  }

  /** There is one watermark, at the end. */
  @Override
  public void writeWatermark(Watermark end) throws IOException, InterruptedException {
    drain();
    rows.writeWatermark(end);
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    drain();
    rows.flush(endOfInput);
  }

  private void drain() throws IOException, InterruptedException {
    sessions.drain(
        session -> rows.write(SessionChange.settled(session, true), RecoveringResults.NO_CONTEXT));
  }

  @Override
  public void close() throws Exception {
    share.close();
    try {
      sessions.close();
    } finally {
      rows.close();
    }
  }
}
