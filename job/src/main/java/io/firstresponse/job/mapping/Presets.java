package io.firstresponse.job.mapping;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The mappings in the job's jar: {@code feeds/NAME.jq}. */
public final class Presets {

  private static final String FOLDER = "feeds/";
  private static final String SUFFIX = ".jq";
  private static final String OPTIONS = "# options:";

  private Presets() {}

  /** The program of a preset, if there is one of this name. */
  static Optional<String> program(String name) {
    try (InputStream in =
        Presets.class.getClassLoader().getResourceAsStream(FOLDER + name + SUFFIX)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The options that a preset needs, by their keys, as the comment at its head gives them; empty if
   * there is no such preset.
   */
  public static Map<String, String> options(String name) {
    Map<String, String> options = new LinkedHashMap<>();
    program(name).stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith(OPTIONS))
        .map(line -> line.substring(OPTIONS.length()))
        .flatMap(line -> Arrays.stream(line.split(",", -1)))
        .map(String::strip)
        .filter(option -> option.contains("="))
        .forEach(
            option -> {
              int equals = option.indexOf('=');
              options.put(option.substring(0, equals), option.substring(equals + 1));
            });
    return options;
  }

  /** The names of all presets, in their order. */
  public static List<String> names() {
    try {
      Path home =
          Path.of(Presets.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return (Files.isDirectory(home) ? inFolder(home) : inJar(home))
          .stream()
              .filter(file -> file.startsWith(FOLDER) && file.endsWith(SUFFIX))
              .map(file -> file.substring(FOLDER.length(), file.length() - SUFFIX.length()))
              .sorted()
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of the job's classes is a URI", e);
    }
  }

  private static List<String> inFolder(Path home) throws IOException {
    if (!Files.isDirectory(home.resolve(FOLDER))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(home.resolve(FOLDER))) {
      return files.map(file -> FOLDER + file.getFileName()).toList();
    }
  }

  private static List<String> inJar(Path home) throws IOException {
    try (JarFile jar = new JarFile(home.toFile())) {
      return jar.stream().map(JarEntry::getName).toList();
    }
  }
}
