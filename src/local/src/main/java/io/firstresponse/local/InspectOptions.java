package io.firstresponse.local;

import io.firstresponse.job.options.BadOptionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The arguments of {@code scripts/inspect}: its own, Flink's settings, and the job's options.
 *
 * @param json whether the report is one JSON object
 * @param limit how many records are read at most, if that is given
 * @param settings {@code key=value} for Flink
 * @param job the options of the job
 * @param given the settings and the job's options as they were given
 */
record InspectOptions(
    boolean json,
    Optional<Long> limit,
    List<String> settings,
    List<String> job,
    List<String> given) {

  private static final String JSON = "--json";
  private static final String LIMIT = "--limit";

  /**
   * Parses the arguments.
   *
   * @throws BadOptionException when one of its own has no value, is wrong, or is given twice
   */
  static InspectOptions parse(String[] args) {
    List<String> given = new ArrayList<>(List.of(args));
    boolean json = given.remove(JSON);
    Optional<Long> limit =
        LocalOptions.takeValue(given, LIMIT).map(InspectOptions::numberOfRecords);
    List<String> job = new ArrayList<>(given);
    List<String> settings = LocalFlink.takeSettings(job);
    return new InspectOptions(
        json, limit, List.copyOf(settings), List.copyOf(job), List.copyOf(given));
  }

  private static long numberOfRecords(String text) {
    try {
      long number = Long.parseLong(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, as 0 and negative numbers.
    }
    throw new BadOptionException(
        "%s: '%s' is not a number of records, 1 or more.".formatted(LIMIT, text));
  }
}
