package io.firstresponse.job.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.NearestName;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * A mapping as it travels in the job: the text of its program and the values of its variables. Each
 * task compiles it once.
 */
public final class Mapping implements Serializable {

  @Serial private static final long serialVersionUID = 1;

  /** The longest program, and the longest file for it. */
  private static final int MAX_FILE_BYTES = 1024 * 1024;

  private static final Pattern PRESET = Pattern.compile("[a-z][a-z0-9-]*");
  private static final Pattern FILE_OF_A_PROGRAM = Pattern.compile("[^\\s|(){}\\[\\],;]+\\.jq");

  /** Texts that are programs although they are also paths of folders. */
  private static final Set<String> IDENTITIES = Set.of(".", "..");

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final String name;
  private final String text;

  /** The JSON of each variable. */
  private final Map<String, String> variables;

  @Nullable private transient JqProgram program;

  private Mapping(String name, String text, Map<String, String> variables) {
    this.name = name;
    this.text = text;
    this.variables = new TreeMap<>(variables);
  }

  /**
   * The mapping that the options give. It is compiled once, to find errors.
   *
   * @throws BadOptionException in one line: a file that cannot be read, a preset that does not
   *     exist, a program that does not compile or names what there is not
   */
  public static Optional<Mapping> from(ReadableConfig options) {
    return options.getOptional(MappingOptions.JQ).map(given -> of(given, options));
  }

  private static Mapping of(String given, ReadableConfig options) {
    Map<String, String> variables = new TreeMap<>();
    options
        .get(MappingOptions.ARG)
        .forEach((name, value) -> variables.put(name, new TextNode(value).toString()));
    options
        .get(MappingOptions.JSON_FILE)
        .forEach((name, file) -> variables.put(name, json(name, file)));
    Mapping mapping = named(given, variables);
    mapping.program();
    return mapping;
  }

  /**
   * The compiled program. Not to be shared between threads.
   *
   * @throws BadOptionException in one line, if it cannot be compiled
   */
  public JqProgram program() {
    if (program == null) {
      Map<String, JsonNode> values = new TreeMap<>();
      variables.forEach((variable, json) -> values.put(variable, value(json)));
      try {
        program = new JqProgram(text, values);
      } catch (BadProgramException e) {
        throw MappingOptions.refusal(MappingOptions.JQ.key(), name + e.getMessage());
      }
    }
    return program;
  }

  private static Mapping named(String given, Map<String, String> variables) {
    boolean mayBePreset = PRESET.matcher(given).matches();
    if (mayBePreset) {
      Optional<String> preset = Presets.program(given);
      if (preset.isPresent()) {
        return new Mapping("preset " + given + ": ", preset.get(), variables);
      }
    }
    Path file = path(given);
    if (file != null && Files.exists(file) && !IDENTITIES.contains(given)) {
      return new Mapping(file + ": ", read(MappingOptions.JQ.key(), file), variables);
    }
    if (mayBePreset) {
      throw MappingOptions.refusal(
          MappingOptions.JQ.key(),
          "there is no preset '%s', nor a file of this name; %s"
              .formatted(
                  given,
                  NearestName.of(given, Presets.names())
                      .map("the nearest preset is %s"::formatted)
                      .orElseGet(() -> "presets are " + String.join(", ", Presets.names()))));
    }
    if (FILE_OF_A_PROGRAM.matcher(given).matches()) {
      throw MappingOptions.refusal(
          MappingOptions.JQ.key(), "there is no file '%s'".formatted(given));
    }
    return new Mapping("", given, variables);
  }

  /** The path that a text names; null if it cannot be a path, so that it is a program. */
  @Nullable private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static String json(String variable, String file) {
    String key = MappingOptions.JSON_FILE.key() + "." + variable;
    Path path = path(file);
    if (path == null || !Files.exists(path)) {
      throw MappingOptions.refusal(key, "there is no file '%s'".formatted(file));
    }
    String text = read(key, path);
    try {
      JsonNode value = JSON.readTree(text);
      if (value.isMissingNode()) {
        throw MappingOptions.refusal(key, "%s holds no JSON value".formatted(path));
      }
      return value.toString();
    } catch (JsonProcessingException e) {
      throw MappingOptions.refusal(
          key,
          "%s is not one JSON value: %s (line %d, column %d)"
              .formatted(
                  path,
                  e.getOriginalMessage(),
                  e.getLocation().getLineNr(),
                  e.getLocation().getColumnNr()));
    }
  }

  private static String read(String key, Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw MappingOptions.refusal(key, "%s is a folder".formatted(file));
      }
      long size = Files.size(file);
      if (size > MAX_FILE_BYTES) {
        throw MappingOptions.refusal(
            key,
            "%s has %,d bytes, and %,d is the limit, for it travels in the job"
                .formatted(file, size, MAX_FILE_BYTES));
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw MappingOptions.refusal(key, "%s cannot be read: %s".formatted(file, e));
    }
  }

  private static JsonNode value(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("it was JSON when it was read", e);
    }
  }
}
