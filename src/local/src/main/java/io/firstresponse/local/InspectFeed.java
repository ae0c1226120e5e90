package io.firstresponse.local;

import io.firstresponse.job.decode.DecodeObserver;
import io.firstresponse.job.decode.ProgramOutput;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.source.ReceivedListener;
import io.firstresponse.local.inspect.Inspection;
import io.firstresponse.local.inspect.Inspection.Decoded;
import io.firstresponse.local.inspect.Inspection.Output;
import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Hands the records and sessions of a job in this process to an inspection.
 *
 * <p>The outputs of a mapping are seen where a record is decoded, before its reader emits it, and
 * in the same order. They wait in a queue until the record comes.
 *
 * <pre>
 *  reader's thread: decoder ──▶ decoded ──┐
 *                                         ▼
 *  source's task:   record ───────────▶ take(split, record, its outputs)
 *  sessions' task:  session ──────────▶ take(session)
 * </pre>
 */
final class InspectFeed {

  /** How many characters of a record, or of an output, are kept. */
  private static final int MOST_TEXT = 2_000;

  /** How many records are kept as text: each has one of the outputs that are shown, or more. */
  private static final int TEXTS = 3;

  private record Waiting(Received received, Decoded decoded) {}

  private final Inspection inspection;
  private final long limit;
  private final Queue<Waiting> decoded = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  // Used by the thread that decodes.
  private int texts;
  private int skippedTexts;

  // Used by the task of the source.
  private long records;
  private volatile boolean cut;

  /**
   * @param limit how many records are read at most
   */
  InspectFeed(Inspection inspection, long limit) {
    this.inspection = inspection;
    this.limit = limit;
  }

  /** Ends the input, at the next record. */
  void stop() {
    stopped = true;
  }

  /** Whether reading was ended by {@link #stop} or by the limit. */
  boolean wasStopped() {
    return cut;
  }

  private boolean wantsMore() {
    cut = stopped || records >= limit;
    return !cut;
  }

  private void received(String split, Received received) {
    records++;
    Waiting next = decoded.peek();
    boolean matches = next != null && next.received() == received;
    inspection.take(split, received, matches ? decoded.remove().decoded() : null);
  }

  private void decoded(Received received, Supplier<String> record, List<ProgramOutput> outputs) {
    boolean skipped = outputs.isEmpty() && !(received instanceof Message);
    boolean shown = skipped ? skippedTexts++ == 0 : texts < TEXTS;
    if (!skipped) {
      texts += shown ? 1 : 0;
    }
    if (!shown && outputs.isEmpty()) {
      return;
    }
    List<Output> seen = new ArrayList<>(outputs.size());
    for (ProgramOutput output : outputs) {
      seen.add(
          new Output(
              shown && seen.size() < TEXTS ? shortened(output.toString()) : null,
              output.isHandover()));
    }
    decoded.add(new Waiting(received, new Decoded(shown ? shortened(record.get()) : null, seen)));
  }

  private static String shortened(String text) {
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + "…";
  }

  /** Gets what decoders make of records. */
  static final class Observer implements DecodeObserver {

    @Serial private static final long serialVersionUID = 1;

    private final ProcessObject<InspectFeed> feed;

    Observer(ProcessObject<InspectFeed> feed) {
      this.feed = feed;
    }

    @Override
    public void decoded(Received received, Supplier<String> record, List<ProgramOutput> outputs) {
      feed.get().decoded(received, record, outputs);
    }

    @Override
    public void doubtfulLocalTime(boolean twice) {
      feed.get().inspection.takeDoubtfulLocalTime(twice);
    }
  }

  /** Gets the records of the source, and ends it when there are enough. */
  static final class Listener implements ReceivedListener {

    @Serial private static final long serialVersionUID = 1;

    private final ProcessObject<InspectFeed> feed;

    Listener(ProcessObject<InspectFeed> feed) {
      this.feed = feed;
    }

    @Override
    public boolean wantsMore() {
      return feed.get().wantsMore();
    }

    @Override
    public void received(String split, Received received) {
      feed.get().received(split, received);
    }
  }

  /** Gets the sessions: each comes once, since all are final at the end of a batch. */
  static final class Sessions implements Sink<SessionChange> {

    @Serial private static final long serialVersionUID = 1;

    private final ProcessObject<InspectFeed> feed;

    Sessions(ProcessObject<InspectFeed> feed) {
      this.feed = feed;
    }

    @Override
    public SinkWriter<SessionChange> createWriter(WriterInitContext context) {
      Inspection inspection = feed.get().inspection;
      return new SinkWriter<>() {
        @Override
        public void write(SessionChange change, Context none) {
          inspection.take(change.session());
        }

        @Override
        public void flush(boolean endOfInput) {
          // Nothing waits.
        }

        @Override
        public void close() {
          // Nothing is open.
        }
      };
    }
  }
}
