package io.firstresponse.local.inspect;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.local.inspect.Inspection.Example;
import io.firstresponse.local.inspect.Labels.Label;
import io.firstresponse.local.inspect.Troubles.Trouble;
import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;

/** A report as one JSON object. Lengths of time are in seconds, instants in ISO-8601. */
final class JsonReport {

  private JsonReport() {}

  static String of(Report report) {
    Inspection seen = report.inspection();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("usable", report.failure().isEmpty());
    report.failure().ifPresent(line -> json.put("failure", line));
    json.put("input", report.input());
    json.put("stopped", report.stopped());
    records(json.putObject("records"), seen);
    troubles(json.putArray("trouble"), seen);
    if (seen.messages().all() > 0) {
      messages(json.putObject("messages"), report);
      people(json.putObject("people"), seen.people());
      labels(json.putArray("labels"), seen.labels());
      disorder(json.putObject("disorder"), seen);
      sessions(json.putObject("sessions"), seen);
    }
    examples(json.putArray("examples"), seen);
    ArrayNode findings = json.putArray("findings");
    report
        .findings()
        .forEach(
            finding -> {
              ObjectNode one = findings.addObject().put("text", finding.text());
              texts(one.putArray("options"), finding.options());
            });
    texts(json.putArray("limits"), report.limits());
    texts(json.putArray("options"), report.options());
    json.put("command", report.command());
    return json.toString();
  }

  private static void texts(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }

  private static void records(ObjectNode json, Inspection seen) {
    json.put("read", seen.records());
    json.put("skipped", seen.skipped());
    json.put("unreadable", seen.unreadable());
  }

  private static void troubles(ArrayNode json, Inspection seen) {
    for (Trouble trouble : seen.troubles().all()) {
      json.addObject()
          .put("reason", trouble.reason().code())
          .put("count", trouble.count())
          .put("origin", trouble.first().origin())
          .put("position", trouble.first().position())
          .put("detail", trouble.first().detail())
          .put("remedy", trouble.remedy());
    }
  }

  private static void messages(ObjectNode json, Report report) {
    MessageCounts messages = report.inspection().messages();
    json.put("all", messages.all());
    json.put("of_customers", messages.ofCustomers());
    json.put("of_agents", messages.ofAgents());
    json.put("automated", messages.automated());
    json.put("ignored", report.conservation().ignored());
    json.put("duplicates", messages.duplicates());
    json.put("closes", messages.closes());
    json.put("handovers", report.inspection().handovers());
    json.put("first", Spans.exactInstant(messages.first()));
    json.put("last", Spans.exactInstant(messages.last()));
  }

  private static void people(ObjectNode json, People people) {
    int wrote = people.agentsWhoWrote(1);
    json.put("agents", wrote);
    json.put("agents_only_written_to", people.agents() - wrote);
    json.put("customers", people.customers());
  }

  private static void labels(ArrayNode json, Labels labels) {
    for (Label label : labels.all()) {
      ObjectNode one =
          json.addObject()
              .put("name", label.name())
              .put("messages", label.messages())
              .put("values", label.values())
              .put("more_values", label.more());
      ArrayNode frequent = one.putArray("most_frequent");
      label
          .frequent()
          .forEach(
              value ->
                  frequent
                      .addObject()
                      .put("value", value.value())
                      .put("messages", value.messages()));
    }
  }

  private static void disorder(ObjectNode json, Inspection seen) {
    boolean sorted = seen.settings().order() == Settings.Order.SORTED;
    json.put("sorted_by_the_source", sorted);
    if (sorted) {
      return;
    }
    Disorder disorder = seen.disorder();
    json.put("in_order", disorder.inOrder());
    json.put("p50_seconds", disorder.delayMillis(50) / 1e3);
    json.put("p90_seconds", disorder.delayMillis(90) / 1e3);
    json.put("p99_seconds", disorder.delayMillis(99) / 1e3);
    json.put("longest_seconds", disorder.longestDelayMillis() / 1e3);
    ArrayNode late = json.putArray("late");
    for (int i = 0; i < Disorder.BOUNDS.size(); i++) {
      late.addObject()
          .put("bound", Spans.option(Disorder.BOUNDS.get(i)))
          .put("messages", disorder.late(i));
    }
    Report.bound(seen).ifPresent(bound -> json.put("recommended_bound", Spans.option(bound)));
  }

  private static void sessions(ObjectNode json, Inspection seen) {
    Waits waits = seen.waits();
    json.put("response_mode", seen.settings().mode().toString());
    json.put("all", waits.sessions());
    json.put("answered", waits.answered());
    json.put("closed", waits.closed());
    json.put("waiting", waits.waiting());
    if (waits.answered() > 0) {
      json.put("median_seconds", Spans.seconds(waits.responseMicros(50)));
      json.put("p90_seconds", Spans.seconds(waits.responseMicros(90)));
    }
    long last = seen.messages().last();
    ArrayNode longest = json.putArray("longest_waits");
    for (Session session : waits.longest(last)) {
      ObjectNode one =
          longest
              .addObject()
              .put("customer", seen.ids().customer(session.b()))
              .put("from", Spans.exactInstant(session.openedAt()))
              .put("seconds", Spans.seconds(Waits.micros(session, last)));
      if (session.isAnswered()) {
        one.put("answered_by", seen.ids().agent(session.responder()));
      } else if (session.isClosed()) {
        one.put("closed", true);
      } else if (seen.settings().mode() == ResponseMode.ADDRESSED_AGENT) {
        one.put("asked", seen.ids().agent(session.asked()));
      }
    }
  }

  private static void examples(ArrayNode json, Inspection seen) {
    for (Example example : seen.examples()) {
      ObjectNode one = json.addObject().put("record", example.record());
      texts(one.putArray("outputs"), example.outputs());
    }
    if (seen.examples().isEmpty() && seen.skippedExample() != null) {
      json.addObject().put("record", seen.skippedExample()).putArray("outputs");
    }
  }
}
