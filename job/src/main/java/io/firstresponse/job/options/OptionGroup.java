package io.firstresponse.job.options;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The options that one class declares, as public constants of type {@link ConfigOption}. A rule for
 * a single option is an annotation on its constant: {@link Required}, {@link InRange}, {@link
 * LongerThanZero}. A rule that no annotation expresses, or that compares options, is in the method
 * {@code check} of the same class.
 */
public final class OptionGroup {

  private final List<OptionEntry> entries;
  private final Predicate<ReadableConfig> inUse;
  private final Consumer<ReadableConfig> rules;

  /**
   * A group that is always in use and whose options do not depend on each other.
   *
   * @param declaredIn the class with the constants
   */
  public OptionGroup(Class<?> declaredIn) {
    this(declaredIn, options -> true, options -> {});
  }

  /**
   * A group with rules.
   *
   * @param declaredIn the class with the constants
   * @param inUse whether the options have an effect; what is required is required only then
   * @param rules throws a {@link BadOptionException} if the options do not fit together
   */
  public OptionGroup(
      Class<?> declaredIn, Predicate<ReadableConfig> inUse, Consumer<ReadableConfig> rules) {
    this.entries = entries(declaredIn);
    this.inUse = inUse;
    this.rules = rules;
  }

  /** The options of the group, in the order of their declaration. */
  List<OptionEntry> entries() {
    return entries;
  }

  /**
   * Checks the rules of each option, then the rules of the group.
   *
   * @throws BadOptionException that names the option and the values it may have
   */
  void check(ReadableConfig options) {
    boolean used = inUse.test(options);
    for (OptionEntry entry : entries) {
      entry.check(options, used);
    }
    rules.accept(options);
  }

  private static List<OptionEntry> entries(Class<?> declaredIn) {
    List<OptionEntry> entries = new ArrayList<>();
    for (Field field : declaredIn.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
        entries.add(OptionEntry.of(field));
      }
    }
    return List.copyOf(entries);
  }
}
