package io.firstresponse.local.inspect;

import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.WindowQuery;
import io.firstresponse.local.inspect.Findings.Finding;
import io.firstresponse.local.inspect.Settings.Order;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Records of a test, and an inspection of them. */
final class Feed {

  static final Instant NOW = Instant.parse("2018-09-01T00:00:00Z");

  /** 2018-08-15T00:00:00Z, in seconds. */
  static final long DAY = 1_534_291_200;

  private final Settings settings;
  private final List<Received> records = new ArrayList<>();
  private final List<Message> messages = new ArrayList<>();

  Feed() {
    this("UTC", Order.ONE_AFTER_ANOTHER);
  }

  Feed(String zone, Order order) {
    settings =
        new Settings(
            ResponseMode.ANY_AGENT,
            EpochUnit.MILLISECONDS,
            ZoneId.of(zone),
            order,
            Duration.ofMinutes(1),
            NOW);
  }

  static Message message(long a, long b, long seconds, boolean direct) {
    return new Message(a, b, (DAY + seconds) * 1_000_000, direct);
  }

  /**
   * The same message with labels.
   *
   * @param labels their canonical form
   */
  static Message labelled(Message message, String labels) {
    return new Message(
        message.a(),
        message.b(),
        message.ts(),
        message.kind(),
        message.automated(),
        labels.hashCode(),
        Texts.of(null, null, null, null, labels));
  }

  /** Customer {@code b} writes to agent {@code a}. */
  Feed asks(long b, long a, long seconds) {
    return add(message(a, b, seconds, false));
  }

  /** Agent {@code a} writes to customer {@code b}. */
  Feed answers(long b, long a, long seconds) {
    return add(message(a, b, seconds, true));
  }

  /** The conversation of customer {@code b} is closed. */
  Feed closes(long b, long seconds) {
    return add(Message.close(Session.NOBODY, b, (DAY + seconds) * 1_000_000));
  }

  Feed add(Message message) {
    records.add(message);
    messages.add(message);
    return this;
  }

  Feed add(DeadLetter.Reason reason, String detail) {
    records.add(
        new DeadLetter(
            "/data/a.jsonl",
            records.size(),
            reason,
            detail,
            "{}".getBytes(StandardCharsets.UTF_8),
            2));
    return this;
  }

  Inspection inspection() {
    Inspection inspection = new Inspection(settings);
    records.forEach(record -> inspection.take("/data/a.jsonl@0", record, null));
    WindowQuery.sessions(settings.mode(), messages).forEach(inspection::take);
    return inspection;
  }

  Report report(Inspection inspection) {
    long dead = inspection.unreadable();
    long closes = inspection.messages().closes();
    return Report.of(
        "/data",
        false,
        inspection,
        new Conservation(
            messages.size() + dead,
            messages.size(),
            0,
            0,
            dead,
            0,
            closes,
            0,
            inspection.skipped(),
            0),
        (loads, recommended) ->
            (loads ? "scripts/run-local " : "scripts/inspect ") + String.join(" ", recommended));
  }

  List<String> findings() {
    return Findings.of(inspection()).stream().map(Finding::text).toList();
  }
}
