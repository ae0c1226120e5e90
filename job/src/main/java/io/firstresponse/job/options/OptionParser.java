package io.firstresponse.job.options;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;

/**
 * Reads {@code --key value} (or {@code --key=value}) from the command line, over what the file of
 * {@code --config} says ({@code key: value} or {@code key = value}, a line each, # for comments).
 * Keys are those of {@link JobOptions}; every value is checked for its type here.
 *
 * <p>Messages never repeat the value of an unknown key, for it might be a secret.
 */
public final class OptionParser {

  private static final String CONFIG = "config";

  private OptionParser() {}

  /**
   * The options given.
   *
   * @throws BadOptionException when one is unknown, lacks its value, is given twice, or has a value
   *     of the wrong type, or breaks a rule
   */
  public static Configuration parse(String[] args) {
    Map<String, String> given = commandLine(args);
    Map<String, String> all = new LinkedHashMap<>();
    if (given.containsKey(CONFIG)) {
      all.putAll(file(given.remove(CONFIG)));
    }
    all.putAll(given);
    Configuration configuration = Configuration.fromMap(all);
    for (String key : all.keySet()) {
      checkType(configuration, key, all.get(key));
    }
    OptionRules.check(configuration);
    return configuration;
  }

  private static Map<String, String> commandLine(String[] args) {
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 0; i < args.length; i++) {
      String arg = args[i];
      if (!arg.startsWith("--") || arg.length() == 2) {
        throw new BadOptionException(
            "Expected --key value, got something else as argument %d. Options begin with two dashes."
                .formatted(i + 1));
      }
      int equals = arg.indexOf('=');
      String key = arg.substring(2, equals < 0 ? arg.length() : equals);
      checkKey(key, "");
      String value;
      if (equals >= 0) {
        value = arg.substring(equals + 1);
      } else if (i + 1 < args.length && !args[i + 1].startsWith("--")) {
        value = args[++i];
      } else {
        throw new BadOptionException("--%s lacks its value.".formatted(key));
      }
      if (given.putIfAbsent(key, value) != null) {
        throw new BadOptionException("--%s is given twice.".formatted(key));
      }
    }
    return given;
  }

  private static Map<String, String> file(String name) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(name))) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      throw new BadOptionException("--config: there is no file %s.".formatted(name));
    } catch (IOException | IllegalArgumentException e) {
      throw new BadOptionException(
          "--config: %s cannot be read: %s.".formatted(name, e.getMessage()));
    }
    Map<String, String> options = new TreeMap<>();
    for (String key : properties.stringPropertyNames()) {
      if (key.equals(CONFIG)) {
        throw new BadOptionException("config cannot stand in a file: %s.".formatted(name));
      }
      checkKey(key, " in " + name);
      options.put(key, properties.getProperty(key).strip());
    }
    return options;
  }

  private static void checkKey(String key, String where) {
    if (key.equals(CONFIG) || OptionReference.of(key).isPresent()) {
      return;
    }
    String nearest =
        nearest(key).map(name -> " Did you mean %s?".formatted(name)).orElse(" See --help.");
    throw new BadOptionException("There is no option %s%s.%s".formatted(key, where, nearest));
  }

  private static void checkType(Configuration configuration, String key, String value) {
    OptionReference.Entry entry = OptionReference.of(key).orElseThrow();
    if (entry.isGroup()) {
      // Whatever it is, it is somebody else's to judge, and may be empty.
      return;
    }
    if (value.isEmpty()) {
      throw new BadOptionException("%s has no value.".formatted(key));
    }
    try {
      configuration.get(entry.option());
    } catch (IllegalArgumentException e) {
      throw new BadOptionException("%s: '%s' is not %s.".formatted(key, value, entry.expected()));
    }
  }

  /** The known key that is least edits away, if it is near enough to be meant. */
  static Optional<String> nearest(String key) {
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    List<String> known =
        new ArrayList<>(
            OptionReference.all().values().stream().map(OptionReference.Entry::key).toList());
    known.add(CONFIG);
    for (String candidate : known) {
      int distance = distance(key.toLowerCase(Locale.ROOT), candidate);
      // What is left out or added at an end of the key is likelier than other edits.
      if (candidate.contains(key) || key.contains(candidate)) {
        distance /= 2;
      }
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return bestDistance <= Math.max(3, key.length() / 2) ? Optional.of(best) : Optional.empty();
  }

  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
