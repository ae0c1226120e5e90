package io.firstresponse.local.inspect;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.tally.UnlikelyTimes;
import io.firstresponse.local.inspect.Labels.Label;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What looks wrong with the messages of a feed. Each finding is a question that a person can
 * answer. If so few messages look wrong that it may be chance, there is no finding.
 */
final class Findings {

  /**
   * Something that looks wrong.
   *
   * @param text what it is and what to do, in a few sentences
   * @param options the option that would mend it and its value; empty if there is none
   */
  record Finding(String text, List<String> options) {}

  private static final int FEW = 5;
  private static final int LEAST_AGENTS = 10;
  private static final long LEAST_MESSAGES = 30;

  private final Inspection seen;
  private final MessageCounts messages;
  private final People people;
  private final List<Finding> found = new ArrayList<>();

  private Findings(Inspection seen) {
    this.seen = seen;
    this.messages = seen.messages();
    this.people = seen.people();
  }

  /** The findings, the most serious ones first. */
  static List<Finding> of(Inspection inspection) {
    Findings findings = new Findings(inspection);
    if (inspection.messages().all() > 0) {
      findings.times();
      findings.directions();
      findings.people();
      findings.labels();
      findings.clocks();
    }
    findings.textIds();
    findings.skipped();
    return List.copyOf(findings.found);
  }

  private void add(String text) {
    found.add(new Finding(text, List.of()));
  }

  /** Dead letters of integers as ids name the option. */
  private void textIds() {
    seen.troubles().all().stream()
        .filter(trouble -> trouble.first().detail().contains(MessageOptions.IDS.key()))
        .findFirst()
        .ifPresent(
            trouble ->
                found.add(
                    new Finding(
                        "%,d records have a field that cannot be used; in the first of them an id is a text."
                            .formatted(trouble.count()),
                        List.of(
                            "--" + MessageOptions.IDS.key(), MessageOptions.Ids.TEXT.toString()))));
  }

  private void times() {
    boolean early = messages.before1990() == messages.all();
    if (early || messages.afterNextYear() == messages.all()) {
      String text =
          "All %,d messages are from %s (%s to %s): their times are probably numbers of another unit than %s."
              .formatted(
                  messages.all(),
                  early ? "before 1990" : "after next year",
                  Spans.instant(messages.first()),
                  Spans.instant(messages.last()),
                  seen.settings().epochUnit());
      List<String> options =
          meantUnit()
              .map(unit -> List.of("--" + MessageOptions.EPOCH_UNIT.key(), unit.toString()))
              .orElse(List.of());
      found.add(new Finding(text, options));
      return;
    }
    if (messages.before1990() > 0) {
      add(
          ("Messages from before 1990: %,d, the first from %s. Does 0 or an unset clock stand for"
                  + " a time there?")
              .formatted(messages.before1990(), Spans.instant(messages.first())));
    }
    if (messages.afterNextYear() > 0) {
      add(
          ("Messages from after next year: %,d, the last from %s. They hold back no result in a"
                  + " run to the end, but in a stream they would make all others late.")
              .formatted(messages.afterNextYear(), Spans.instant(messages.last())));
    }
  }

  /** The unit of epoch numbers with which the last message is neither old nor in the future. */
  private Optional<EpochUnit> meantUnit() {
    double number = messages.last() / micros(seen.settings().epochUnit());
    long end = UnlikelyTimes.afterNextYear(seen.settings().now());
    return Arrays.stream(EpochUnit.values())
        .filter(
            unit -> {
              double micros = number * micros(unit);
              return micros >= UnlikelyTimes.FIRST_LIKELY && micros < end;
            })
        .findFirst();
  }

  private static double micros(EpochUnit unit) {
    return switch (unit) {
      case SECONDS -> 1e6;
      case MILLISECONDS -> 1e3;
      case MICROSECONDS -> 1;
      case NANOSECONDS -> 1e-3;
    };
  }

  private void directions() {
    if (messages.all() > 2 && messages.ofAgents() == 0) {
      add(
          ("All %,d messages are from customers, so no session is answered. Where are the agents'"
                  + " messages, those with direct true?")
              .formatted(messages.all()));
      return;
    }
    if (messages.all() > 2 && messages.ofCustomers() == 0) {
      add(
          ("All %,d messages are from agents, so there is no session. Where are the customers'"
                  + " messages, those with direct false?")
              .formatted(messages.all()));
      return;
    }
    int both = people.customersOfBothDirections();
    if (both == 0 && people.customers() > 1) {
      add(
          "No customer has messages of both directions, so nothing is answered. b of an agent's"
              + " message has to be the customer or conversation that it answers.");
      return;
    }
    if (both >= FEW && 2 * people.agentWroteFirst() > both) {
      add(
          ("Of %,d customers who wrote and were written to, %,d heard from an agent first. If agents"
                  + " open your conversations, all is well; if not, is the direction the wrong way"
                  + " round? direct is true where the agent writes.")
              .formatted(both, people.agentWroteFirst()));
    }
    Waits waits = seen.waits();
    long unanswered = waits.sessions() - waits.answered();
    if (waits.sessions() >= FEW && 2 * unanswered > waits.sessions()) {
      add(
          ("Most sessions were never answered, %,d of %,d. Are agents' messages missing, is their b"
                  + " another one than the customers', or is the direction the wrong way round?")
              .formatted(unanswered, waits.sessions()));
    }
  }

  private void people() {
    int wrote = people.agentsWhoWrote(1);
    int once = wrote - people.agentsWhoWrote(2);
    if (wrote >= LEAST_AGENTS && wrote > 2 * people.customers() && 2 * once > wrote) {
      add(
          ("%,d agents wrote to %,d customers, %,d of them only once: agents who look like customers."
                  + " Are a and b exchanged, or is a the id of the message?")
              .formatted(wrote, people.customers(), once));
    }
    people
        .busiest()
        .ifPresent(
            busiest -> {
              int most = people.messagesOf(busiest);
              if (messages.all() >= LEAST_MESSAGES
                  && people.customers() > FEW
                  && 3L * most >= messages.all()) {
                add(
                    ("Customer %s has %,d of the %,d messages. Does one id stand for many customers:"
                            + " a system, a shared address, an id that is missing?")
                        .formatted(
                            seen.ids().customer(people.customer(busiest)), most, messages.all()));
              }
            });
  }

  /** Such labels work, but each of their values is a row, and no figure is of more than a few. */
  private void labels() {
    for (Label label : seen.labels().all()) {
      if (label.messages() >= LEAST_MESSAGES
          && (label.more() || 2L * label.values() > label.messages())) {
        add(
            ("Label %s has %s%,d values in %,d messages of customers. Each set of labels is a row of"
                    + " tbl_labels, and figures by this label have hardly a session each. Leave out"
                    + " what names a single conversation; b does that.")
                .formatted(
                    label.name(),
                    label.more() ? "more than " : "",
                    label.values(),
                    label.messages()));
      }
    }
  }

  private void clocks() {
    seen.hours()
        .shifted()
        .ifPresent(
            hours ->
                add(
                    ("Hardly anybody writes from %d:00 to %d:00 (%s): hours are shifted against the"
                            + " clock. If the people who write live elsewhere, all is well; if not,"
                            + " %s is the zone of times without an offset.")
                        .formatted(
                            hours.from(),
                            hours.to(),
                            seen.settings().zone(),
                            MessageOptions.TIME_ZONE.key())));
    if (seen.localTimesTwice() + seen.localTimesSkipped() > 0) {
      add(
          ("Times without an offset at changes of the clocks of %s: %,d occur twice there and are"
                  + " taken for the first occurrence, %,d do not exist and are moved later.")
              .formatted(seen.settings().zone(), seen.localTimesTwice(), seen.localTimesSkipped()));
    }
  }

  private void skipped() {
    if (seen.records() >= LEAST_MESSAGES
        && seen.messages().all() > 0
        && 10 * seen.skipped() >= 9 * seen.records()) {
      add(
          "The mapping makes nothing of %,d of %,d records. Is that meant?"
              .formatted(seen.skipped(), seen.records()));
    }
  }
}
