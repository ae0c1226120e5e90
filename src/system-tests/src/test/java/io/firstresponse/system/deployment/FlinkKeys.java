package io.firstresponse.system.deployment;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.apache.flink.client.cli.ClientOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.CoreOptions;

/** The keys of the options that Flink's core declares, without deprecated ones. */
final class FlinkKeys {

  private FlinkKeys() {}

  static Set<String> all() throws Exception {
    Set<String> keys = new TreeSet<>();
    addAllBeside(CoreOptions.class, keys);
    addAllBeside(ClientOptions.class, keys);
    return keys;
  }

  /** Adds the keys of all option classes in the package of a class. */
  private static void addAllBeside(Class<?> one, Set<String> keys) throws Exception {
    Path jar = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    String folder = one.getPackageName().replace('.', '/');
    try (JarFile file = new JarFile(jar.toFile())) {
      for (String name :
          file.stream()
              .map(entry -> entry.getName())
              .filter(entry -> entry.matches(folder + "/\\w+Options\\.class"))
              .toList()) {
        Class<?> options =
            Class.forName(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
        for (Field field : options.getFields()) {
          if (Modifier.isStatic(field.getModifiers())
              && field.getType() == ConfigOption.class
              && !field.isAnnotationPresent(Deprecated.class)) {
            keys.add(((ConfigOption<?>) field.get(null)).key());
          }
        }
      }
    }
  }
}
