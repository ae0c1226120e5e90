package io.firstresponse.local.inspect;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.source.postgres.PostgresOptions;
import io.firstresponse.local.inspect.Findings.Finding;
import io.firstresponse.local.inspect.Inspection.Example;
import io.firstresponse.local.inspect.Labels.Label;
import io.firstresponse.local.inspect.Troubles.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A report as one screen of text. */
final class TextReport {

  /** What comes of the line above, or mends it. */
  private static final String MARK = "  -> ";

  /** Nobody waits longer than this for final rows. */
  private static final Duration LONG = Duration.ofDays(1);

  private static final int MOST_TROUBLES = 6;
  private static final int RECORD_LINES = 2;
  private static final int OUTPUT_LINES = 3;
  private static final int MOST_LABELS = 6;
  private static final int MOST_DETAIL = 200;

  private final Report report;
  private final Inspection seen;
  private final Screen screen = new Screen();

  TextReport(Report report) {
    this.report = report;
    this.seen = report.inspection();
  }

  String text() {
    verdict();
    records();
    if (seen.messages().all() > 0) {
      messages();
      people();
      labels();
    }
    troubles();
    examples();
    if (seen.messages().all() > 0) {
      disorder();
      sessions();
    }
    findings();
    limits();
    if (report.failure().isEmpty()) {
      command("Load it:");
    } else if (!report.options().isEmpty()) {
      command("Try:");
    }
    return screen.toString();
  }

  private void verdict() {
    Optional<String> failure = report.failure();
    if (failure.isPresent()) {
      screen.line(failure.get());
    } else {
      List<String> more = new ArrayList<>();
      if (seen.unreadable() > 0) {
        more.add("%,d unreadable".formatted(seen.unreadable()));
      }
      if (!report.findings().isEmpty()) {
        more.add("%s to look at, below".formatted(count(report.findings().size(), "thing")));
      }
      screen.line(
          "usable: %s of %s make %s%s."
              .formatted(
                  count(seen.messages().all(), "message"),
                  count(seen.records(), "record"),
                  count(seen.waits().sessions(), "session"),
                  more.isEmpty() ? ". Nothing looks wrong" : "; " + String.join(", ", more)));
    }
    screen.line("");
  }

  private void records() {
    screen.name("Records");
    screen.text(report.input());
    screen.text(
        "%s%s: %s, %,d skipped, %,d unreadable"
            .formatted(
                report.stopped() ? "stopped after " : "",
                count(seen.records(), "record"),
                count(seen.messages().all(), "message"),
                seen.skipped(),
                seen.unreadable()));
  }

  private void messages() {
    MessageCounts messages = seen.messages();
    long ignored = report.conservation().ignored();
    screen.name("Messages");
    screen.text(
        "%,d of customers, %,d of agents; automated %,d (%s)%s; duplicates %,d; closes %,d%s"
            .formatted(
                messages.ofCustomers(),
                messages.ofAgents(),
                messages.automated(),
                percent(messages.automated(), messages.all()),
                ignored == 0 ? "" : ", ignored %,d".formatted(ignored),
                messages.duplicates(),
                messages.closes(),
                seen.handovers() == 0 ? "" : "; hand-overs %,d".formatted(seen.handovers())));
    screen.text(
        "from %s to %s (%s)"
            .formatted(
                Spans.instant(messages.first()),
                Spans.instant(messages.last()),
                Spans.of(messages.last() - messages.first())));
  }

  private void people() {
    People people = seen.people();
    int wrote = people.agentsWhoWrote(1);
    int silent = people.agents() - wrote;
    screen.name("People");
    screen.text(
        "%s%s, %s"
            .formatted(
                count(wrote, "agent"),
                silent == 0
                    ? ""
                    : " (and %,d who were written to and wrote nothing)".formatted(silent),
                count(people.customers(), "customer")));
  }

  private void labels() {
    List<Label> labels = seen.labels().all();
    screen.name("Labels");
    for (int i = 0; i < Math.min(labels.size(), MOST_LABELS); i++) {
      Label label = labels.get(i);
      screen.text(
          Screen.cut(
              "%s: %s%s: %s"
                  .formatted(
                      label.name(),
                      label.more() ? "more than " : "",
                      count(label.values(), "value"),
                      label.frequent().stream()
                          .map(value -> "%s %,d".formatted(value.value(), value.messages()))
                          .collect(Collectors.joining(", "))),
              Screen.TEXT));
    }
    if (labels.size() > MOST_LABELS) {
      screen.text("and %d more, which --json shows".formatted(labels.size() - MOST_LABELS));
    }
  }

  private void troubles() {
    List<Trouble> troubles = seen.troubles().all();
    screen.name("Trouble");
    for (int i = 0; i < Math.min(troubles.size(), MOST_TROUBLES); i++) {
      Trouble trouble = troubles.get(i);
      screen.text(
          "%s %,d, such as %s at %,d: %s"
              .formatted(
                  trouble.reason().code(),
                  trouble.count(),
                  trouble.first().origin(),
                  trouble.first().position(),
                  Screen.cut(trouble.first().detail(), MOST_DETAIL)));
      screen.text(MARK + trouble.remedy());
    }
    if (troubles.size() > MOST_TROUBLES) {
      screen.text(
          "and %d more kinds, which --json shows".formatted(troubles.size() - MOST_TROUBLES));
    }
  }

  private void examples() {
    screen.name("Examples");
    for (Example example : seen.examples()) {
      screen.chunks("", example.record(), RECORD_LINES);
      example.outputs().forEach(output -> screen.chunks(MARK, output, OUTPUT_LINES));
    }
    if (seen.examples().isEmpty() && seen.skippedExample() != null) {
      screen.chunks("", seen.skippedExample(), RECORD_LINES);
      screen.chunks(MARK, "nothing: skipped", 1);
    }
  }

  private void disorder() {
    if (seen.settings().order() == Settings.Order.SORTED) {
      screen.name("Order");
      screen.text(
          "a table is read in the order of time; %s is for rows that are committed late"
              .formatted(PostgresOptions.OVERLAP.key()));
      return;
    }
    Disorder disorder = seen.disorder();
    screen.name("Order");
    screen.text(
        disorder.longestDelayMillis() == 0
            ? "every message is in the order of time"
            : "%s in the order of time; delays: 50 %% %s, 90 %% %s, 99 %% %s, longest %s"
                .formatted(
                    percent(disorder.inOrder(), disorder.all()),
                    delay(disorder, 50),
                    delay(disorder, 90),
                    delay(disorder, 99),
                    delay(disorder, 100)));
    if (disorder.longestDelayMillis() > 0) {
      bounds(disorder);
    }
    screen.text(recommendation(disorder));
  }

  private void bounds(Disorder disorder) {
    StringBuilder bounds = new StringBuilder("with a bound of");
    StringBuilder late = new StringBuilder("late, of a stream");
    bounds.append("  ");
    for (int i = 0; i < Disorder.BOUNDS.size(); i++) {
      String bound = Spans.option(Disorder.BOUNDS.get(i));
      String messages = "%,d".formatted(disorder.late(i));
      int width = Math.max(bound.length(), messages.length()) + 2;
      bounds.append(" ".repeat(width - bound.length())).append(bound);
      late.append(" ".repeat(width - messages.length())).append(messages);
    }
    screen.text(bounds.toString());
    screen.text(late.toString());
  }

  private String recommendation(Disorder disorder) {
    Optional<Duration> bound = Report.bound(seen);
    if (bound.isEmpty()) {
      return "no bound makes none of them late in a stream; a run that reads to the end needs none";
    }
    String option =
        Report.boundOption(bound.get()).stream()
            .map(LoadCommand::quoted)
            .collect(Collectors.joining(" "));
    String nearly =
        disorder
            .nearlyEnough()
            .map(
                i -> " (%s: %,d)".formatted(Spans.option(Disorder.BOUNDS.get(i)), disorder.late(i)))
            .orElse("");
    return "%s, with which none is late%s%s"
        .formatted(
            option,
            nearly,
            bound.get().compareTo(LONG) > 0
                ? "; a run that reads to the end sorts all first, and needs no bound"
                : "");
  }

  private static String delay(Disorder disorder, int percent) {
    return Spans.of(TimeUnit.MILLISECONDS.toMicros(disorder.delayMillis(percent)));
  }

  private void sessions() {
    Waits waits = seen.waits();
    screen.name("Sessions");
    screen.text(
        "%s (%s): answered %,d%s%s, waiting %,d"
            .formatted(
                count(waits.sessions(), "session"),
                seen.settings().mode(),
                waits.answered(),
                waits.answered() == 0
                    ? ""
                    : " (median %s, P90 %s)"
                        .formatted(
                            Spans.of(waits.responseMicros(50)), Spans.of(waits.responseMicros(90))),
                waits.closed() == 0 ? "" : ", closed %,d".formatted(waits.closed()),
                waits.waiting()));
    long last = seen.messages().last();
    List<Session> longest = waits.longest(last);
    for (int i = 0; i < longest.size(); i++) {
      Session session = longest.get(i);
      screen.text(
          "%s customer %s waited %s from %s, %s"
              .formatted(
                  i == 0 ? "longest:" : "        ",
                  seen.ids().customer(session.b()),
                  Spans.of(Waits.micros(session, last)),
                  Spans.instant(session.openedAt()),
                  end(session)));
    }
  }

  private String end(Session session) {
    if (session.isAnswered()) {
      return "answered by " + seen.ids().agent(session.responder());
    }
    if (session.isClosed()) {
      return "closed without an answer";
    }
    return seen.settings().mode() == ResponseMode.ADDRESSED_AGENT
        ? "for " + seen.ids().agent(session.asked()) + ", who has not answered"
        : "not answered";
  }

  private void findings() {
    screen.name("Look at");
    for (Finding finding : report.findings()) {
      screen.text("* " + finding.text());
      if (!finding.options().isEmpty()) {
        screen.text(MARK + String.join(" ", finding.options()));
      }
    }
  }

  private void limits() {
    List<String> limits = report.limits();
    if (!limits.isEmpty()) {
      screen.name("Limits");
      screen.text(String.join("; ", limits));
    }
  }

  /** Its lines have nothing beside them, so that they can be pasted. */
  private void command(String title) {
    screen.line("");
    screen.line(title);
    report.command().lines().forEach(line -> screen.line("  " + line));
  }

  private static String count(long number, String noun) {
    return "%,d %s%s".formatted(number, noun, number == 1 ? "" : "s");
  }

  private static String percent(long part, long all) {
    return all == 0 ? "0 %" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / all);
  }
}
