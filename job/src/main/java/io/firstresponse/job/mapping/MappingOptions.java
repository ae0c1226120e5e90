package io.firstresponse.job.mapping;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.firstresponse.job.options.BadOptionException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** The options of a mapping. */
public final class MappingOptions {

  public static final ConfigOption<String> JQ =
      key("messages.jq")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "A jq program that makes messages of each record: the name of a preset, a file, or"
                  + " the program itself. Its outputs are messages with the fields that feeds.md"
                  + " lists; a record of which it makes nothing is skipped and counted. Without it a"
                  + " record is one message, whose fields messages.field.* name.");

  public static final ConfigOption<Map<String, String>> ARG =
      key("messages.jq.arg")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "A text for the program: messages.jq.arg.team is $team there. Not for secrets.");

  public static final ConfigOption<Map<String, String>> JSON_FILE =
      key("messages.jq.json-file")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "A file for the program: its one JSON value is $agents there for"
                  + " messages.jq.json-file.agents. Read when the job is submitted; 1 MB at most.");

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private MappingOptions() {}

  /**
   * Checks that the variables have names that jq allows, each of its own, and a program.
   *
   * @throws BadOptionException if not; it names the option
   */
  public static void check(ReadableConfig options) {
    boolean maps = options.getOptional(JQ).isPresent();
    for (ConfigOption<Map<String, String>> group : List.of(ARG, JSON_FILE)) {
      for (String name : options.get(group).keySet()) {
        String key = group.key() + "." + name;
        if (!maps) {
          throw refusal(key, "goes with %s, which is not given".formatted(JQ.key()));
        }
        if (!VARIABLE.matcher(name).matches()) {
          throw refusal(
              key, "'%s' cannot be a variable of jq: letters, digits and _".formatted(name));
        }
      }
    }
    for (String name : options.get(ARG).keySet()) {
      if (options.get(JSON_FILE).containsKey(name)) {
        throw refusal(
            JSON_FILE.key() + "." + name,
            "$%s is given by %s.%s too".formatted(name, ARG.key(), name));
      }
    }
  }

  static BadOptionException refusal(String key, String why) {
    return new BadOptionException("%s: %s.".formatted(key, why));
  }
}
