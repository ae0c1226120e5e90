package io.firstresponse.local;

import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.SinkOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The arguments of {@code scripts/run-local}: its own, Flink's settings, and the job's options.
 *
 * @param state the folder of the state, if one is given
 * @param settings {@code key=value} for Flink
 * @param job the options of the job
 */
record LocalOptions(Optional<Path> state, List<String> settings, List<String> job) {

  private static final String STATE = "--state";

  /** Short form of the job's option. */
  private static final String START_OVER = "--start-over";

  /**
   * Parses the arguments.
   *
   * @throws BadOptionException when one of its own has no value, or is given twice
   */
  static LocalOptions parse(String[] args) {
    List<String> job = new ArrayList<>(List.of(args));
    List<String> settings = LocalFlink.takeSettings(job);
    if (job.remove(START_OVER)) {
      job.addAll(List.of("--" + SinkOptions.START_OVER.key(), "true"));
    }
    Optional<Path> state = takeValue(job, STATE).map(LocalOptions::path);
    return new LocalOptions(state, List.copyOf(settings), List.copyOf(job));
  }

  /** Takes an option of its own and its value out of the others. */
  static Optional<String> takeValue(List<String> args, String option) {
    String value = null;
    for (int i = 0; i < args.size(); ) {
      String arg = args.get(i);
      if (!arg.equals(option) && !arg.startsWith(option + "=")) {
        i++;
        continue;
      }
      if (value != null) {
        throw new BadOptionException("%s is given twice.".formatted(option));
      }
      args.remove(i);
      if (arg.length() > option.length()) {
        value = arg.substring(option.length() + 1);
      } else if (i < args.size() && !args.get(i).startsWith("--")) {
        value = args.remove(i);
      }
      if (value == null || value.isBlank()) {
        throw new BadOptionException("%s lacks its value.".formatted(option));
      }
    }
    return Optional.ofNullable(value);
  }

  private static Path path(String given) {
    try {
      return Path.of(given);
    } catch (InvalidPathException e) {
      throw new BadOptionException("%s: '%s' is not a path.".formatted(STATE, given));
    }
  }
}
