package io.firstresponse.local;

import io.firstresponse.job.options.BadOptionException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The arguments of {@code scripts/run-local}: its own, Flink's settings, and the job's options.
 *
 * @param state the folder of the state, if there is to be one
 * @param settings {@code key=value} for Flink
 * @param job the options of the job
 */
record LocalOptions(Optional<Path> state, List<String> settings, List<String> job) {

  static final String HELP =
      """
      scripts/run-local [--state DIR] [-Dkey=value ...] JOB OPTIONS

      Runs the job in one process, into your own PostgreSQL. Files and other bounded input are
      read to their end; without an end the job runs until it is stopped by Ctrl-C or SIGTERM.

        --state DIR     keep the state of the job in this folder, and go on from it the next
                        time: the files that are new tonight continue those of last night, and
                        a run that was killed goes on from its last checkpoint. The folder is
                        made if it is missing, and belongs to one set of tables. Give it on the
                        command line, not in the file of --config
        -Dkey=value     a setting of Flink, over conf/config.yaml
        -h, --help      this text

        scripts/run-local --state ~/first-response-state \\
          --source.type files --source.files.path messages/2026-03-01.jsonl \\
          --sink.jdbc.url jdbc:postgresql://localhost:5432/support --sink.jdbc.user first_response

      Exit codes:
        0    all input has been read and written; with --state also when a job without an end
             was stopped, with its state kept
        1    the job failed, and the last line says why
        2    an option is wrong, or something that it names, and nothing was started
        130  ended by Ctrl-C, and
        143  by SIGTERM, before the end of the input. With --state the same command goes on

      """;

  private static final String STATE = "--state";

  /**
   * Takes the arguments apart.
   *
   * @throws BadOptionException when one of its own has no value, or is given twice
   */
  static LocalOptions parse(String[] args) {
    List<String> job = new ArrayList<>(List.of(args));
    List<String> settings = LocalFlink.takeSettings(job);
    Optional<Path> state = takeValue(job, STATE).map(LocalOptions::path);
    return new LocalOptions(state, List.copyOf(settings), List.copyOf(job));
  }

  static boolean asksForHelp(String[] args) {
    return List.of(args).contains("--help") || List.of(args).contains("-h");
  }

  private static Optional<String> takeValue(List<String> args, String option) {
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
      throw new BadOptionException("%s: '%s' is no path.".formatted(STATE, given));
    }
  }
}
