package io.firstresponse.job.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.sink.GuardedWriter;
import io.firstresponse.job.domain.DueMessages;
import io.firstresponse.job.domain.FinalSessions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.OpenTable;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.SessionChange.Kind;
import io.firstresponse.job.domain.WaitingMessages;
import io.firstresponse.job.tables.ResultRow.Write;
import io.firstresponse.job.testing.Traces;
import io.firstresponse.job.testing.WindowQuery;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.junit.jupiter.api.Test;

class HeldOpeningsTest {

  private static final long LONG_AGO = -1_000_000_000;

  private final Clock clock = new Clock();
  private final Rows rows = new Rows();

  /** Readers see all rows up to the forwarded watermark, and all rows in the end. */
  @Test
  void whatIsHeldIsWrittenBeforeTheWatermarkPassesIt() throws Exception {
    long held = 0;
    for (long seed = 0; seed < 1_500; seed++) {
      held += new Run(seed).all();
    }
    assertThat(held).as("sessions that were written once, answered").isGreaterThan(500);
  }

  @Test
  void anAnswerInTimeMakesOneNewRow() throws Exception {
    HeldOpenings writer = catchingUp();
    Session open = Session.open(7, 1, 2);
    writer.write(row(open, true), null);
    assertThat(rows.written).isEmpty();
    writer.write(row(open.answeredBy(3, 9), false), null);
    assertThat(rows.written).containsExactly(row(open.answeredBy(3, 9), true));
  }

  @Test
  void aSessionThatIsHeldIsWrittenWhenItsTimeIsOverThoughNoWatermarkComes() throws Exception {
    HeldOpenings writer = catchingUp();
    writer.write(row(Session.open(7, 1, 2), true), null);
    clock.pass(4_999);
    assertThat(rows.written).isEmpty();
    clock.pass(1);
    assertThat(rows.written).containsExactly(row(Session.open(7, 1, 2), true));
  }

  @Test
  void aCheckpointWritesAll() throws Exception {
    HeldOpenings writer = catchingUp();
    writer.write(row(Session.open(7, 1, 2), true), null);
    writer.writeWatermark(new Watermark(LONG_AGO + 500_000));
    assertThat(rows.watermark).isEqualTo(LONG_AGO);
    writer.flush(false);
    assertThat(rows.written).containsExactly(row(Session.open(7, 1, 2), true));
    assertThat(rows.watermark).isEqualTo(LONG_AGO + 500_000);
  }

  @Test
  void nothingIsHeldWhenTheJobKeepsUp() throws Exception {
    HeldOpenings writer =
        new HeldOpenings(rows, clock, ResponseMode.ANY_AGENT, Duration.ofSeconds(5));
    writer.writeWatermark(new Watermark(clock.now - 10_000));
    writer.write(row(Session.open(7, 1, 2), true), null);
    assertThat(rows.written).hasSize(1);
  }

  @Test
  void changesThatBelongTogetherAreNotHeld() throws Exception {
    HeldOpenings writer = catchingUp();
    ResultRow deleted =
        new ResultRow(Session.open(7, 5, 2), Write.DELETE_PROVISIONAL, false, false);
    ResultRow earlier = new ResultRow(Session.open(7, 1, 2), Write.INSERT, false, true);
    writer.write(deleted, null);
    writer.write(earlier, null);
    assertThat(rows.written).containsExactly(deleted, earlier);
  }

  private static ResultRow row(Session session, boolean isNew) {
    return ResultRow.of(SessionChange.settled(session, isNew));
  }

  private HeldOpenings catchingUp() throws Exception {
    HeldOpenings writer =
        new HeldOpenings(rows, clock, ResponseMode.ANY_AGENT, Duration.ofSeconds(5));
    writer.writeWatermark(new Watermark(LONG_AGO));
    return writer;
  }

  /** A trace through the writer, at a random pace. */
  private static final class Run {

    private final Random random;
    private final long seed;
    private final Traces trace;
    private final ResponseMode mode;
    private final Clock clock = new Clock();
    private final Rows rows = new Rows();
    private final HeldOpenings writer;
    private final Map<List<Long>, ResultRow> table = new TreeMap<>(Run::compare);

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.trace = Traces.of(seed);
      this.mode = random.nextBoolean() ? ResponseMode.ANY_AGENT : ResponseMode.ADDRESSED_AGENT;
      this.writer =
          new HeldOpenings(rows, clock, mode, Duration.ofSeconds(5), 1 + random.nextInt(20));
    }

    private static int compare(List<Long> one, List<Long> other) {
      for (int i = 0; i < one.size(); i++) {
        int order = Long.compare(one.get(i), other.get(i));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    }

    /** Returns how many answered sessions were new rows although they opened before. */
    long all() throws Exception {
      List<Message> messages = new ArrayList<>(trace.messages());
      long end = messages.stream().mapToLong(Message::millis).max().orElse(0);
      WaitingMessages waiting = new WaitingMessages();
      messages.forEach(waiting::add);
      OpenTable open = new OpenTable(mode);
      DueMessages due = new DueMessages(mode);
      long[] late = {0};
      FinalSessions sessions =
          new FinalSessions(
              change -> {
                late[0] += change.kind() == Kind.CHANGED ? 1 : 0;
                try {
                  writer.write(ResultRow.of(change), null);
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      long watermark = messages.stream().mapToLong(Message::millis).min().orElse(0) - 1;
      long range = end - watermark;
      while (watermark < end) {
        watermark += 1 + random.nextLong(1 + range / 10);
        waiting.takeThrough(watermark, due);
        sessions.settle(due, open);
        due.clear();
        writer.writeWatermark(new Watermark(watermark));
        check(rows.watermark);
        clock.pass(random.nextInt(2_000));
        check(rows.watermark);
        if (random.nextInt(8) == 0) {
          writer.flush(false);
          assertThat(rows.watermark).as("seed %d", seed).isEqualTo(watermark);
          check(rows.watermark);
        }
      }
      writer.writeWatermark(Watermark.MAX_WATERMARK);
      writer.flush(true);
      check(Long.MAX_VALUE);
      assertThat(table.values().stream().map(ResultRow::session).toList())
          .as("seed %d, %s", seed, mode)
          .containsExactlyInAnyOrderElementsOf(WindowQuery.sessions(mode, messages));
      writer.close();
      return late[0] - rows.changed;
    }

    /** All that the watermark has passed is in the table, or more of it. */
    private void check(long through) {
      for (ResultRow row : rows.written) {
        Session session = row.session();
        List<Long> key =
            List.of(
                session.openedAt(),
                session.b(),
                mode == ResponseMode.ANY_AGENT ? 0L : session.asked());
        ResultRow before = table.put(key, row);
        assertThat(before == null)
            .as("seed %d: inserted if it is new, %s", seed, row)
            .isEqualTo(row.write() == Write.INSERT);
        rows.changed += row.write() == Write.UPSERT ? 1 : 0;
        long ofConversation =
            table.values().stream()
                .map(ResultRow::session)
                .filter(one -> one.isOpen() && one.b() == session.b())
                .filter(one -> mode == ResponseMode.ANY_AGENT || one.asked() == session.asked())
                .count();
        assertThat(ofConversation).as("seed %d: open sessions of a key", seed).isLessThan(2);
      }
      rows.written.clear();
      List<Message> passed =
          trace.messages().stream().filter(message -> message.millis() <= through).toList();
      for (Session session : WindowQuery.sessions(mode, passed)) {
        List<Long> key =
            List.of(
                session.openedAt(),
                session.b(),
                mode == ResponseMode.ANY_AGENT ? 0L : session.asked());
        ResultRow row = table.get(key);
        assertThat(row).as("seed %d: %s, complete through %d", seed, session, through).isNotNull();
        if (!session.isOpen()) {
          assertThat(row.session()).as("seed %d", seed).isEqualTo(session);
        }
      }
    }
  }

  private static final class Rows implements GuardedWriter<ResultRow> {

    private final List<ResultRow> written = new ArrayList<>();
    private long watermark = Long.MIN_VALUE;
    private long changed;

    @Override
    public void claim() {}

    @Override
    public void write(ResultRow row, Context context) {
      written.add(row);
    }

    @Override
    public void writeWatermark(Watermark mark) {
      assertThat(mark.getTimestamp()).isGreaterThan(watermark);
      watermark = mark.getTimestamp();
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {}
  }

  private static final class Clock implements ProcessingTimeService {

    private final TreeMap<Long, List<ProcessingTimeCallback>> timers = new TreeMap<>();
    private long now = 1_000_000_000;

    @Override
    public long getCurrentProcessingTime() {
      return now;
    }

    @Override
    public ScheduledFuture<?> registerTimer(long at, ProcessingTimeCallback target) {
      timers.computeIfAbsent(at, missing -> new ArrayList<>()).add(target);
      return new Never();
    }

    void pass(long millis) throws Exception {
      long end = now + millis;
      while (!timers.isEmpty() && timers.firstKey() <= end) {
        Map.Entry<Long, List<ProcessingTimeCallback>> first = timers.pollFirstEntry();
        now = Math.max(now, first.getKey());
        for (ProcessingTimeCallback target : first.getValue()) {
          target.onProcessingTime(first.getKey());
        }
      }
      now = end;
    }
  }

  private static final class Never extends CompletableFuture<Void>
      implements ScheduledFuture<Void> {
    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }
  }
}
