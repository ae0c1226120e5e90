package io.firstresponse.job.options;

import io.firstresponse.job.decode.FeedOptions;
import io.firstresponse.job.mapping.MappingOptions;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;

/**
 * What can be said about the options, taken from {@link JobOptions} itself: the page in the
 * documents, the text of {@code --help}, and the words of error messages.
 */
public final class OptionReference {

  private static final Map<String, Entry> ENTRIES = entries();

  private OptionReference() {}

  /** An option and the type that its declaration gives it. */
  record Entry(ConfigOption<?> option, Type type) {

    /** What is written before a value: the key, and for a group of options that there is more. */
    String key() {
      return isGroup() ? option.key() + ".*" : option.key();
    }

    /** Whether it stands for any number of options whose names begin with its key and a point. */
    boolean isGroup() {
      return type instanceof ParameterizedType map && map.getRawType() == Map.class;
    }

    String expected() {
      if (isGroup()) {
        return "text";
      } else if (type instanceof Class<?> c && c.isEnum()) {
        return "one of "
            + Arrays.stream(c.getEnumConstants())
                .map(Object::toString)
                .collect(Collectors.joining(", "));
      } else if (type == Duration.class) {
        return OptionDuration.EXPECTED;
      } else if (type == Boolean.class) {
        return "true or false";
      } else if (type == Integer.class || type == Long.class) {
        return "a whole number";
      } else if (type == Double.class) {
        return "a number";
      } else if (type instanceof ParameterizedType) {
        return "a list separated by ';'";
      }
      return "text";
    }

    String defaultText() {
      if (!option.hasDefaultValue()) {
        return "";
      }
      Object value = option.defaultValue();
      if (isGroup()) {
        return "";
      } else if (value instanceof Duration duration) {
        return TimeUtils.formatWithHighestUnit(duration);
      } else if (value instanceof List<?> list && list.isEmpty()) {
        return "";
      } else if (value instanceof Double number && number == Math.rint(number)) {
        return Long.toString(number.longValue());
      }
      return value.toString();
    }

    String description() {
      return new HtmlFormatter().format(option.description());
    }
  }

  /** Every option by its key, in the order of their declaration. */
  static Map<String, Entry> all() {
    return ENTRIES;
  }

  /** The option that a key belongs to, if there is one. */
  static Optional<Entry> of(String key) {
    return ENTRIES.containsKey(key)
        ? Optional.of(ENTRIES.get(key)).filter(entry -> !entry.isGroup())
        : ENTRIES.values().stream()
            .filter(entry -> entry.isGroup() && isIn(entry.option().key(), key))
            .findAny();
  }

  private static boolean isIn(String group, String key) {
    return key.startsWith(group + ".") && key.length() > group.length() + 1;
  }

  /** The text of {@code --help}. */
  public static String help() {
    StringBuilder text =
        new StringBuilder("Options, as --key value, or in the file given with --config:\n");
    for (Entry entry : ENTRIES.values()) {
      text.append("\n  --").append(entry.key()).append("  ").append(entry.expected());
      if (!entry.defaultText().isEmpty()) {
        text.append(" (default: ").append(entry.defaultText()).append(')');
      }
      text.append("\n      ").append(entry.description()).append('\n');
    }
    return text.toString();
  }

  /** The reference page, in Markdown. */
  public static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # Options

            Given as `--key value` after the job jar, or as `key: value` lines in the file that
            `--config` names; the command line wins. Flink's own settings are Flink's:
            `-Dkey=value`, and `conf/config.yaml`. A duration has a unit, as in `60 s`; only 0 needs
            none. This page is made from `JobOptions.java`.

            | option | value | default | meaning |
            |---|---|---|---|
            """);
    for (Entry entry : ENTRIES.values()) {
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

  private static Map<String, Entry> entries() {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Field field :
        Stream.of(JobOptions.class, FeedOptions.class, MappingOptions.class)
            .flatMap(group -> Arrays.stream(group.getDeclaredFields()))
            .toList()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
        try {
          ConfigOption<?> option = (ConfigOption<?>) field.get(null);
          Type type = ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0];
          entries.put(option.key(), new Entry(option, type));
        } catch (IllegalAccessException e) {
          throw new AssertionError(e);
        }
      }
    }
    return entries;
  }
}
