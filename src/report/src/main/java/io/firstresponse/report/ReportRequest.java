package io.firstresponse.report;

import java.time.LocalDate;
import java.util.Objects;
import java.util.Optional;

/**
 * The contents of a report.
 *
 * @param title its heading
 * @param from the first day, in the time zone of {@code report_settings}; by default 29 days before
 *     the last
 * @param to the last day; by default the last one in which a session opened
 * @param target the name of the target to show first; by default 3 minutes if there is such a
 *     target, or else the shortest
 * @param filter which sessions; by default all
 */
public record ReportRequest(
    String title,
    Optional<LocalDate> from,
    Optional<LocalDate> to,
    Optional<String> target,
    ReportFilter filter) {

  static final String USUAL_TITLE = "Response times";

  public ReportRequest {
    Objects.requireNonNull(title);
    Objects.requireNonNull(from);
    Objects.requireNonNull(to);
    Objects.requireNonNull(target);
    Objects.requireNonNull(filter);
  }

  /** Of all sessions. */
  public ReportRequest(
      String title, Optional<LocalDate> from, Optional<LocalDate> to, Optional<String> target) {
    this(title, from, to, target, ReportFilter.none());
  }

  /** The last 30 days, under the usual title. */
  public static ReportRequest usual() {
    return new ReportRequest(USUAL_TITLE, Optional.empty(), Optional.empty(), Optional.empty());
  }
}
