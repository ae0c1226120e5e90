package io.firstresponse.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which sessions a report is of: those that meet all that is given.
 *
 * @param team the team of a session, as in {@code response_sessions}
 * @param labels the labels that a session has, with these values, among others
 * @param agent who answered, or if nobody has, who was written to: an id, a number, or a name
 */
public record ReportFilter(
    Optional<String> team, SortedMap<String, String> labels, Optional<String> agent) {

  public ReportFilter {
    Objects.requireNonNull(team);
    labels = new TreeMap<>(labels);
    Objects.requireNonNull(agent);
  }

  /** All sessions. */
  public static ReportFilter none() {
    return new ReportFilter(Optional.empty(), new TreeMap<>(), Optional.empty());
  }

  /** Names and values in turn, or null without labels: what {@code jsonb_object} takes. */
  String[] labelPairs() {
    if (labels.isEmpty()) {
      return null;
    }
    List<String> pairs = new ArrayList<>();
    labels.forEach((name, value) -> pairs.addAll(List.of(name, value)));
    return pairs.toArray(String[]::new);
  }
}
