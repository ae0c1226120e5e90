package io.firstresponse.report;

import java.time.LocalDate;
import java.util.Objects;
import java.util.Optional;

/**
 * What a report is to show.
 *
 * @param title what stands at its top
 * @param from the first day, in the time zone of {@code report_settings}; without it, the 30th
 *     counted back from the last
 * @param to the last day; without it, the last one in which a session opened
 * @param target the name of the target that comes first; without it, 3 minutes if there is such a
 *     target, or else the shortest
 */
public record ReportRequest(
    String title, Optional<LocalDate> from, Optional<LocalDate> to, Optional<String> target) {

  static final String USUAL_TITLE = "Response times";

  public ReportRequest {
    Objects.requireNonNull(title);
    Objects.requireNonNull(from);
    Objects.requireNonNull(to);
    Objects.requireNonNull(target);
  }

  /** The last 30 days, under the usual title. */
  public static ReportRequest usual() {
    return new ReportRequest(USUAL_TITLE, Optional.empty(), Optional.empty(), Optional.empty());
  }
}
