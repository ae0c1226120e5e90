package io.firstresponse.local;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.OptionDuration;
import io.firstresponse.job.options.OptionTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.annotation.Nullable;

/**
 * The options of {@code scripts/replay}: its own before {@code --}, those of the job after it.
 *
 * @param schema the schema of the replay's tables
 * @param period the times to compare and to read
 * @param again whether to replace an earlier replay
 * @param shown how many of the rows that differ are printed
 * @param out the file for all rows that differ; null for none
 * @param job the arguments of the job
 */
record ReplayOptions(
    String schema,
    ReplayPeriod period,
    boolean again,
    int shown,
    @Nullable Path out,
    List<String> job) {

  private static final String AGAIN = "again";

  /** The help of {@code scripts/replay} describes them. */
  static final List<String> NAMES =
      List.of("from", "to", "warm-up", "after", "schema", AGAIN, "show", "out");

  /**
   * Parses the arguments.
   *
   * @throws BadOptionException in one line that names the option
   */
  static ReplayOptions parse(List<String> args) {
    int end = args.indexOf("--");
    if (end < 0) {
      throw new BadOptionException(
          "-- is missing, and after it the options of the job. See --help.");
    }
    Map<String, String> given = named(args.subList(0, end));
    return new ReplayOptions(
        given.getOrDefault("schema", "replay"),
        period(given),
        given.containsKey(AGAIN),
        shown(given.getOrDefault("show", "20")),
        Optional.ofNullable(given.get("out")).map(ReplayOptions::writable).orElse(null),
        new ArrayList<>(args.subList(end + 1, args.size())));
  }

  private static Map<String, String> named(List<String> args) {
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      int equals = arg.indexOf('=');
      String name = arg.substring(Math.min(2, arg.length()), equals < 0 ? arg.length() : equals);
      if (!arg.startsWith("--") || !NAMES.contains(name)) {
        throw new BadOptionException(
            "There is no option %s before the --, only --%s."
                .formatted(
                    equals < 0 ? arg : arg.substring(0, equals), String.join(", --", NAMES)));
      }
      String value;
      if (name.equals(AGAIN)) {
        value = "";
      } else if (equals >= 0) {
        value = arg.substring(equals + 1);
      } else if (i + 1 < args.size() && !args.get(i + 1).startsWith("--")) {
        value = args.get(++i);
      } else {
        throw new BadOptionException("--%s lacks its value.".formatted(name));
      }
      if (given.putIfAbsent(name, value) != null) {
        throw new BadOptionException("--%s is given twice.".formatted(name));
      }
    }
    return given;
  }

  private static ReplayPeriod period(Map<String, String> given) {
    long from = time(given, "from");
    long to = time(given, "to");
    if (from >= to) {
      throw new BadOptionException("--from: must be before --to.");
    }
    long readFrom = from - duration(given, "warm-up", "7 d");
    long readTo = to + duration(given, "after", "1 d");
    return new ReplayPeriod(
        from, to, Math.max(readFrom, Message.MIN_TS), Math.min(readTo, Message.MAX_TS));
  }

  private static long time(Map<String, String> given, String name) {
    if (!given.containsKey(name)) {
      throw new BadOptionException(
          "--%s is missing: a time in ISO-8601, such as 2018-08-15 or 2018-08-15T10:00:00Z."
              .formatted(name));
    }
    return OptionTime.micros("--" + name, given.get(name));
  }

  /** In microseconds. */
  private static long duration(Map<String, String> given, String name, String otherwise) {
    return TimeUnit.MICROSECONDS.convert(
        OptionDuration.of("--" + name, given.getOrDefault(name, otherwise)));
  }

  private static int shown(String text) {
    try {
      int shown = Integer.parseInt(text);
      if (shown >= 0) {
        return shown;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a negative number.
    }
    throw new BadOptionException("--show: '%s' is not a number of rows.".formatted(text));
  }

  /** Checked before the work is done. */
  private static Path writable(String name) {
    Path file = Path.of(name).toAbsolutePath();
    if (Files.isDirectory(file)
        || !Files.isWritable(Files.exists(file) ? file : file.getParent())) {
      throw new BadOptionException("--out: %s cannot be written.".formatted(name));
    }
    return file;
  }
}
