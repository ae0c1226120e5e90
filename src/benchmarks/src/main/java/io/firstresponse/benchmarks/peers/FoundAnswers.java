package io.firstresponse.benchmarks.peers;

import io.firstresponse.job.domain.DueMessages;
import io.firstresponse.job.domain.FinalSessions;
import io.firstresponse.job.domain.OpenTable;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.WaitingMessages;
import io.firstresponse.job.source.datagen.Workload;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * The answered sessions that one thread of a contestant has found. It keeps a hash of all fields of
 * each, so that the answers can be compared with those of a plain program in any order. The lists
 * are static, because only one contestant runs in a JVM.
 */
public final class FoundAnswers {

  private static final List<FoundAnswers> ALL = new CopyOnWriteArrayList<>();

  private static final int FIRST_CAPACITY = 1 << 16;

  private long[] fingerprints = new long[FIRST_CAPACITY];
  private int size;

  private FoundAnswers() {}

  /**
   * The difference between the answers found and those of a plain program, as numbers of answers.
   *
   * @param expected answers of the plain program
   * @param missing expected answers that were not found
   * @param extra answers that were found and not expected
   */
  public record Difference(long expected, long missing, long extra) {

    public boolean isNone() {
      return missing == 0 && extra == 0;
    }
  }

  /** The answers of the current thread. */
  static FoundAnswers ofThread() {
    FoundAnswers answers = new FoundAnswers();
    ALL.add(answers);
    return answers;
  }

  /** Adds a session if it is answered. */
  void add(Session session) {
    if (session.isOpen()) {
      return;
    }
    if (size == fingerprints.length) {
      fingerprints = Arrays.copyOf(fingerprints, 2 * size);
    }
    fingerprints[size++] = fingerprint(session);
  }

  /** Compares the answers of all threads, which have ended, with those of a plain program. */
  public static Difference difference(Workload workload) throws IOException {
    long[] expected = plainAnswers(workload).sorted();
    FoundAnswers all = new FoundAnswers();
    ALL.forEach(all::addAll);
    long[] found = all.sorted();
    int common = 0;
    for (int i = 0, j = 0; i < expected.length && j < found.length; ) {
      int order = Long.compare(expected[i], found[j]);
      if (order == 0) {
        common++;
      }
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    return new Difference(expected.length, expected.length - common, found.length - common);
  }

  /** The answers of the job's state machine alone. */
  private static FoundAnswers plainAnswers(Workload workload) throws IOException {
    WaitingMessages waiting = new WaitingMessages();
    for (long i = 0; i < workload.end(); i++) {
      waiting.add(workload.message(i));
    }
    DueMessages all = new DueMessages(ResponseMode.ANY_AGENT);
    waiting.takeThrough(Long.MAX_VALUE, all);
    FoundAnswers answers = new FoundAnswers();
    new FinalSessions(change -> answers.add(change.session()))
        .settle(all, new OpenTable(ResponseMode.ANY_AGENT));
    return answers;
  }

  private void addAll(FoundAnswers others) {
    fingerprints = Arrays.copyOf(fingerprints, Math.max(FIRST_CAPACITY, size + others.size));
    System.arraycopy(others.fingerprints, 0, fingerprints, size, others.size);
    size += others.size;
  }

  private long[] sorted() {
    long[] sorted = Arrays.copyOf(fingerprints, size);
    Arrays.sort(sorted);
    return sorted;
  }

  private static long fingerprint(Session session) {
    long mixed = mixed(session.b());
    mixed = mixed(mixed ^ session.openedAt());
    mixed = mixed(mixed ^ session.asked());
    mixed = mixed(mixed ^ session.responder());
    return mixed(mixed ^ session.endedAt());
  }

  private static long mixed(long value) {
    long mixed = (value + 0x9E3779B97F4A7C15L) * 0xD6E8FEB86659FD93L;
    return mixed ^ (mixed >>> 32);
  }

  /** The sink of a contestant's stream. */
  public static final class Collecting implements Sink<SessionChange> {

    private static final long serialVersionUID = 1L;

    @Override
    public SinkWriter<SessionChange> createWriter(WriterInitContext context) {
      return new Writer(ofThread());
    }
  }

  private record Writer(FoundAnswers answers) implements SinkWriter<SessionChange> {

    @Override
    public void write(SessionChange change, Context context) {
      answers.add(change.session());
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {}
  }
}
