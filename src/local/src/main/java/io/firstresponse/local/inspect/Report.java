package io.firstresponse.local.inspect;

import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.local.inspect.Findings.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The result of an inspection: one screen of text, or one JSON object.
 *
 * @param input where the records were read
 * @param stopped whether reading was stopped, perhaps before the end of the input
 * @param inspection what was found out
 * @param conservation the counts of the job
 * @param findings what looks wrong
 * @param options the recommended options: keys with their two dashes, each followed by its value
 * @param command the command that loads the input with these options; if nothing is usable, the one
 *     that inspects it with them
 */
public record Report(
    String input,
    boolean stopped,
    Inspection inspection,
    Conservation conservation,
    List<Finding> findings,
    List<String> options,
    String command) {

  /** Makes a command of the options given and those recommended. */
  @FunctionalInterface
  public interface Command {
    /**
     * The command.
     *
     * @param loads whether it loads the input; otherwise it inspects it again
     * @param recommended keys with their two dashes, each followed by its value
     * @return the command, an option a line
     */
    String with(boolean loads, List<String> recommended);
  }

  /** Copies the lists. */
  public Report {
    findings = List.copyOf(findings);
    options = List.copyOf(options);
  }

  /**
   * Draws the conclusions.
   *
   * @param input where the records were read
   * @param stopped whether reading was stopped, perhaps before the end of the input
   * @param inspection what was found out
   * @param conservation the counts of the job
   * @param command makes the command with the recommended options
   */
  public static Report of(
      String input,
      boolean stopped,
      Inspection inspection,
      Conservation conservation,
      Command command) {
    List<Finding> findings = new ArrayList<>(Findings.of(inspection));
    PresetGuess.of(inspection.withoutFields(), inspection.settings().mode())
        .ifPresent(findings::add);
    boolean usable = failure(inspection, conservation).isEmpty();
    List<String> options = new ArrayList<>();
    if (usable) {
      bound(inspection).ifPresent(length -> options.addAll(boundOption(length)));
    }
    findings.forEach(finding -> options.addAll(finding.options()));
    return new Report(
        input, stopped, inspection, conservation, findings, options, command.with(usable, options));
  }

  /** The recommended bound of disorder; empty where none is needed, or none helps. */
  static Optional<Duration> bound(Inspection inspection) {
    return inspection.messages().all() == 0
            || inspection.settings().order() == Settings.Order.SORTED
        ? Optional.empty()
        : inspection.disorder().recommended();
  }

  static List<String> boundOption(Duration bound) {
    return List.of("--" + EventTimeOptions.MAX_OUT_OF_ORDERNESS.key(), Spans.option(bound));
  }

  /** {@return why nothing is usable, in one line; empty if something is} */
  public Optional<String> failure() {
    return failure(inspection, conservation);
  }

  private static Optional<String> failure(Inspection inspection, Conservation conservation) {
    if (inspection.records() == 0) {
      return Optional.of("nothing usable: there is no record.");
    }
    MessageCounts messages = inspection.messages();
    if (messages.all() > 0
        && (messages.before1990() == messages.all()
            || messages.afterNextYear() == messages.all())) {
      return Optional.of("nothing usable: the times of all messages are wrong, see below.");
    }
    return conservation.nothingUsable().map(line -> line + ".");
  }

  /** Which figures are not exact, or not of all, since a bound of memory was reached. */
  List<String> limits() {
    List<String> limits = new ArrayList<>();
    if (inspection.messages().isFull()) {
      limits.add(
          "duplicates are those of the first %,d different messages"
              .formatted(MessageCounts.REMEMBERED));
    }
    if (inspection.people().isFull()) {
      limits.add("agents and customers are the first %,d of each".formatted(People.LIMIT));
    }
    if (inspection.labels().moreNames()) {
      limits.add("labels are the first %d".formatted(Labels.NAMES));
    }
    if (!inspection.waits().isExact()) {
      limits.add("median and P90 are exact to 1 %");
    }
    return limits;
  }

  /** {@return one screen of text} */
  public String text() {
    return new TextReport(this).text();
  }

  /** {@return the same as one JSON object in one line} */
  public String json() {
    return JsonReport.of(this);
  }
}
