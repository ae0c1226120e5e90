package io.firstresponse.job.options;

import java.util.List;

/** The text of {@code --help} and the reference page, made from the options' declarations. */
public final class OptionReference {

  private final List<OptionEntry> entries;

  /**
   * @param groups the options in the order of the page
   */
  public OptionReference(List<OptionGroup> groups) {
    entries = groups.stream().flatMap(group -> group.entries().stream()).toList();
  }

  /** The text of {@code --help}. */
  public String help() {
    StringBuilder text =
        new StringBuilder("Options, as --key value, or in the file given with --config:\n");
    for (OptionEntry entry : entries) {
      text.append("\n  --").append(entry.key()).append("  ").append(entry.expected());
      if (!entry.defaultText().isEmpty()) {
        text.append(" (default: ").append(entry.defaultText()).append(')');
      }
      text.append("\n      ").append(entry.description()).append('\n');
    }
    return text.toString();
  }

  /** The reference page, in Markdown. */
  public String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # Options

            Given as `--key value` after the job jar, or as `key: value` lines in the file that
            `--config` names; the command line wins. Flink's own settings are Flink's:
            `-Dkey=value`, and `conf/config.yaml`. A duration has a unit, as in `60 s`; only 0 needs
            none. This page is made from the declarations that `JobOptions.java` lists.

            | option | value | default | meaning |
            |---|---|---|---|
            """);
    for (OptionEntry entry : entries) {
      String defaultText = entry.defaultText();
      page.append(
          "| `%s` | %s | %s | %s |%n"
              .formatted(
                  entry.key(),
                  entry.expected(),
                  defaultText.isEmpty() ? "" : "`" + defaultText + "`",
                  entry.description())
              .replace(System.lineSeparator(), "\n"));
    }
    return page.toString();
  }
}
