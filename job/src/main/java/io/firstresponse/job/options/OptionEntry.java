package io.firstresponse.job.options;

import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;

/**
 * An option as its constant declares it.
 *
 * @param option key, default and description
 * @param type the type of its values
 * @param declaration the constant, which has the annotations
 */
record OptionEntry(ConfigOption<?> option, Type type, Field declaration) {

  static OptionEntry of(Field declaration) {
    try {
      Type type = ((ParameterizedType) declaration.getGenericType()).getActualTypeArguments()[0];
      return new OptionEntry((ConfigOption<?>) declaration.get(null), type, declaration);
    } catch (IllegalAccessException e) {
      throw new AssertionError("An option is a public constant: " + declaration, e);
    }
  }

  /** The key as people type it; {@code key.*} if it is the prefix of other keys. */
  String key() {
    return isPrefix() ? option.key() + ".*" : option.key();
  }

  /** Whether the option is a map, so that every key below its own belongs to it. */
  boolean isPrefix() {
    return type instanceof ParameterizedType map && map.getRawType() == Map.class;
  }

  /** The values that are accepted, as text for people. */
  String expected() {
    if (isPrefix()) {
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

  /** The default as text for people; empty if there is none. */
  String defaultText() {
    if (!option.hasDefaultValue() || isPrefix()) {
      return "";
    }
    Object value = option.defaultValue();
    if (value instanceof Duration duration) {
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

  /**
   * Checks the value against the annotations.
   *
   * @param used whether the group is in use, so that a required option must be given
   * @throws BadOptionException that names the option and the values it may have
   */
  void check(ReadableConfig options, boolean used) {
    Required required = declaration.getAnnotation(Required.class);
    if (required != null && used && options.getOptional(option).isEmpty()) {
      throw new BadOptionException(
          "--%s is missing: %s.".formatted(option.key(), required.value()));
    }
    InRange range = declaration.getAnnotation(InRange.class);
    if (range != null && (Integer) options.get(option) < range.min()) {
      throw BadOptionException.of(option, "must be %d or more".formatted(range.min()));
    }
    if (range != null && (Integer) options.get(option) > range.max()) {
      throw BadOptionException.of(option, "must be %d or less".formatted(range.max()));
    }
    if (declaration.isAnnotationPresent(LongerThanZero.class)
        && Duration.ZERO.equals(options.get(option))) {
      throw BadOptionException.of(option, "must be longer than 0");
    }
  }
}
