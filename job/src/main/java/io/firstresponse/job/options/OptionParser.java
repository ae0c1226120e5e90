package io.firstresponse.job.options;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;

/** Reads a command's options, checks their types and then their rules. */
public final class OptionParser {

  private final List<OptionGroup> groups;
  private final List<OptionEntry> entries;

  /**
   * @param groups every option that there is
   */
  public OptionParser(List<OptionGroup> groups) {
    this.groups = groups;
    entries = groups.stream().flatMap(group -> group.entries().stream()).toList();
  }

  /**
   * The options given, as {@link GivenOptions} reads them.
   *
   * @throws BadOptionException when one is unknown, lacks its value, is given twice, has a value of
   *     the wrong type, or breaks a rule
   */
  public Configuration parse(String[] args) {
    Map<String, String> given =
        new GivenOptions(entries.stream().map(OptionEntry::key).toList(), key -> false).read(args);
    Configuration configuration = Configuration.fromMap(given);
    given.forEach((key, value) -> checkType(configuration, key, value));
    for (OptionGroup group : groups) {
      group.check(configuration);
    }
    return configuration;
  }

  private void checkType(Configuration configuration, String key, String value) {
    Optional<OptionEntry> found =
        entries.stream().filter(entry -> entry.key().equals(key)).findAny();
    if (found.isEmpty()) {
      // A key below a prefix is another program's, and may have any value or none.
      return;
    }
    OptionEntry entry = found.get();
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
