package io.firstresponse.job.options;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Reads the options of a command as text: {@code --key value} or {@code --key=value} on the command
 * line, and lines {@code key: value} or {@code key = value} in the file of {@code --config}. The
 * command line has precedence. Values are not checked here, and Flink is not needed.
 *
 * <p>Error messages never contain the value of an unknown key, which might be a secret.
 */
public final class GivenOptions {

  private static final String CONFIG = "config";
  private static final String GROUP = ".*";

  private final List<String> keys;
  private final Predicate<String> ignored;

  /**
   * @param keys the known keys; one that ends with {@code .*} stands for all with this prefix
   * @param ignored unknown keys that a file may contain for other programs
   */
  public GivenOptions(Collection<String> keys, Predicate<String> ignored) {
    this.keys = Stream.concat(keys.stream(), Stream.of(CONFIG)).toList();
    this.ignored = ignored;
  }

  /**
   * The values given, by their keys.
   *
   * @throws BadOptionException when a key is unknown, lacks its value or is given twice, or the
   *     file cannot be read
   */
  public Map<String, String> read(String[] args) {
    Map<String, String> given = commandLine(args);
    Map<String, String> all = new LinkedHashMap<>();
    if (given.containsKey(CONFIG)) {
      all.putAll(file(given.remove(CONFIG)));
    }
    all.putAll(given);
    return all;
  }

  private Map<String, String> commandLine(String[] args) {
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

  private Map<String, String> file(String name) {
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
      if (!isKnown(key) && ignored.test(key)) {
        continue;
      }
      checkKey(key, " in " + name);
      options.put(key, properties.getProperty(key).strip());
    }
    return options;
  }

  private void checkKey(String key, String where) {
    if (isKnown(key)) {
      return;
    }
    String nearest =
        NearestName.of(key, keys)
            .map(name -> " Did you mean %s?".formatted(name))
            .orElse(" See --help.");
    throw new BadOptionException("There is no option %s%s.%s".formatted(key, where, nearest));
  }

  private boolean isKnown(String key) {
    return keys.stream()
        .anyMatch(known -> known.endsWith(GROUP) ? isIn(known, key) : known.equals(key));
  }

  private static boolean isIn(String group, String key) {
    int prefix = group.length() - 1;
    return key.length() > prefix && key.startsWith(group.substring(0, prefix));
  }
}
