package io.firstresponse.local.inspect;

import io.firstresponse.job.options.SinkOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The command that loads a feed, or inspects it, to be pasted into a shell. It shows no secrets.
 */
public final class LoadCommand {

  private static final String PREFIX = "--";
  private static final String SETTING = "-D";

  /** A text that a shell takes as it is. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  /** Keys of secrets; the file of a password is none. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i).*(password|passphrase|secret|credential|token|jaas|[.-]key)(?!.*file).*");

  private static final Pattern IN_A_URL =
      Pattern.compile(
          "(?i)(?<=://[^/@\\s]{0,200}:)[^/@\\s]+(?=@)|(?<=[?&;]\\w{0,30}password=)[^&;]+");

  private static final String HIDDEN = "HIDDEN";

  private LoadCommand() {}

  /**
   * The command that loads a feed, an option a line. The database has to be filled in if it is not
   * given.
   *
   * @param script the script that loads it
   * @param given the options and settings of Flink on the command line
   * @param recommended keys with their two dashes, each followed by its value; they replace those
   *     given
   * @param options the options given, with those of a file
   */
  public static String loading(
      String script, List<String> given, List<String> recommended, ReadableConfig options) {
    List<String> lines = lines(script, given, recommended);
    if (options.getOptional(SinkOptions.URL).isEmpty()) {
      lines.add(line(PREFIX + SinkOptions.URL.key(), "jdbc:postgresql://HOST:5432/DATABASE"));
    }
    if (options.getOptional(SinkOptions.USER).isEmpty()) {
      lines.add(line(PREFIX + SinkOptions.USER.key(), "USER"));
    }
    return joined(lines);
  }

  /**
   * The command of a script with the options given and those recommended, an option a line.
   *
   * @param script the script
   * @param given the options and settings of Flink on the command line
   * @param recommended keys with their two dashes, each followed by its value; they replace those
   *     given
   */
  public static String of(String script, List<String> given, List<String> recommended) {
    return joined(lines(script, given, recommended));
  }

  private static String joined(List<String> lines) {
    return String.join(" \\\n  ", lines);
  }

  private static List<String> lines(String script, List<String> given, List<String> recommended) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < given.size(); i++) {
      String arg = given.get(i);
      int equals = arg.indexOf('=');
      if (arg.startsWith(PREFIX) && equals < 0 && i + 1 < given.size()) {
        values.put(arg, given.get(++i));
      } else if (equals >= 0) {
        values.put(arg.substring(0, equals), arg.substring(equals + 1));
      }
    }
    for (int i = 0; i < recommended.size(); i += 2) {
      values.put(recommended.get(i), recommended.get(i + 1));
    }
    List<String> lines = new ArrayList<>(List.of(script));
    values.forEach((key, value) -> lines.add(line(key, hidden(key, value))));
    return lines;
  }

  private static String line(String key, String value) {
    return key.startsWith(SETTING) ? key + "=" + quoted(value) : key + " " + quoted(value);
  }

  private static String hidden(String key, String value) {
    return SECRET.matcher(key).matches() && !value.startsWith("${")
        ? HIDDEN
        : IN_A_URL.matcher(value).replaceAll(HIDDEN);
  }

  /** A word of a shell with this text. */
  static String quoted(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
