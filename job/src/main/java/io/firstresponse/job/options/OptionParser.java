package io.firstresponse.job.options;

import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.Configuration;

/**
 * Makes the job's options of what {@link GivenOptions} reads. Keys are those of {@link JobOptions};
 * every value is checked for its type here.
 */
public final class OptionParser {

  private OptionParser() {}

  /**
   * The options given.
   *
   * @throws BadOptionException when one is unknown, lacks its value, is given twice, or has a value
   *     of the wrong type, or breaks a rule
   */
  public static Configuration parse(String[] args) {
    Map<String, String> all =
        new GivenOptions(
                OptionReference.all().values().stream().map(OptionReference.Entry::key).toList(),
                key -> false)
            .read(args);
    Configuration configuration = Configuration.fromMap(all);
    for (String key : all.keySet()) {
      checkType(configuration, key, all.get(key));
    }
    OptionRules.check(configuration);
    return configuration;
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
    if (entry.type() == Duration.class) {
      OptionDuration.of(key, value);
      return;
    }
    try {
      configuration.get(entry.option());
    } catch (IllegalArgumentException e) {
      throw new BadOptionException("%s: '%s' is not %s.".formatted(key, value, entry.expected()));
    }
  }
}
