package io.firstresponse.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.FirstResponseJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is in the jar that {@code flink run} takes, and what is not. */
class JobJarIT {

  private static final Path ROOT = Path.of("../..");
  private static final String OWN = "io/firstresponse/";
  private static final String RELOCATED = OWN + "shaded/";
  private static final Pattern NAMED =
      Pattern.compile("- ([^:\\s]+):([^:\\s]+):([^:\\s]+) \\((.+)\\)");

  private static final Pattern COMPONENT =
      Pattern.compile("\"purl\" : \"pkg:maven/([^/]+)/([^@]+)@([^?]+)");

  private JarFile jar;

  @BeforeEach
  void open() throws Exception {
    Path path =
        Path.of(FirstResponseJob.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertThat(path.toString()).endsWith(".jar");
    jar = new JarFile(path.toFile());
  }

  @AfterEach
  void close() throws IOException {
    jar.close();
  }

  @Test
  void nothingThatAClusterHasItself() throws IOException {
    Set<String> ofFlink = new TreeSet<>();
    for (Path library : files(ROOT.resolve("src/cluster/target/flink/lib"))) {
      ofFlink.addAll(classes(library));
    }
    assertThat(ofFlink).hasSizeGreaterThan(10_000);
    assertThat(classes(jar)).isNotEmpty().doesNotContainAnyElementsOf(ofFlink);
    assertThat(names(jar))
        .noneMatch(
            name ->
                name.matches(
                    "(org/slf4j|org/apache/(log4j|logging|commons/logging)|ch/qos|log4j).*"));
  }

  /** A cluster would take its own classes of that name, of whatever version, before these. */
  @Test
  void nothingThatFlinkLoadsParentFirst() {
    assertThat(names(jar))
        .filteredOn(name -> !name.endsWith("/"))
        .isNotEmpty()
        .noneMatch(name -> name.matches("(org/apache/flink|scala|javax/annotation)/.*"));
  }

  @Test
  void noTests() throws IOException {
    Set<String> tests = new TreeSet<>();
    for (String module : List.of("connectors", "job")) {
      Path classes = ROOT.resolve(module + "/target/test-classes");
      for (Path file : files(classes)) {
        if (!file.endsWith("package-info.class")) {
          tests.add(classes.relativize(file).toString());
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(20);
    assertThat(names(jar))
        .doesNotContainAnyElementsOf(tests)
        .noneMatch(name -> name.matches("(org/junit|org/assertj|io/zonky|com/tngtech)/.*"));
  }

  @Test
  void servicesFindTheirProviders() throws IOException {
    Map<String, List<String>> services = new HashMap<>();
    for (String name : names(jar)) {
      if (name.matches("META-INF/services/[^/]+")) {
        services.put(
            name,
            text(name)
                .lines()
                .map(line -> line.replaceAll("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .toList());
      }
    }
    assertThat(services)
        .containsEntry("META-INF/services/java.sql.Driver", List.of("org.postgresql.Driver"));
    services.forEach(
        (service, providers) ->
            assertThat(providers)
                .as(service)
                .doesNotHaveDuplicates()
                .allSatisfy(
                    provider ->
                        assertThat(jar.getEntry(provider.replace('.', '/') + ".class"))
                            .as(provider)
                            .isNotNull()));
  }

  @Test
  void signaturesOfOthersAreGone() throws IOException {
    assertThat(names(jar)).noneMatch(name -> name.matches("META-INF/[^/]+\\.(SF|DSA|RSA|EC)"));
    assertThat(jar.getManifest().getEntries()).isEmpty();
    assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
        .isEqualTo(FirstResponseJob.class.getName());
  }

  /** Holds the notice against the very classes of what it names, and the other way round. */
  @Test
  void theNoticeIsTrue() throws Exception {
    Map<String, String> licences = new HashMap<>();
    Map<String, Set<String>> contents = new HashMap<>();
    Matcher named = NAMED.matcher(text("META-INF/NOTICE"));
    while (named.find()) {
      String artifact = named.group(2);
      licences.put(artifact, named.group(4));
      Path library =
          Path.of(System.getProperty("maven.repository"))
              .resolve(named.group(1).replace('.', '/'))
              .resolve(artifact)
              .resolve(named.group(3))
              .resolve(artifact + "-" + named.group(3) + ".jar");
      contents.put(artifact, classes(library));
    }
    assertThat(contents).containsKeys("postgresql", "flink-connector-jdbc-core", "jackson-core");

    Set<String> contributing = new TreeSet<>();
    for (String name : classes(jar)) {
      if (name.startsWith(OWN) && !name.startsWith(RELOCATED)) {
        continue;
      }
      List<String> origins =
          contents.entrySet().stream()
              .filter(content -> holds(content.getValue(), name))
              .map(Map.Entry::getKey)
              .toList();
      assertThat(origins).as("what is named and has %s", name).isNotEmpty();
      contributing.addAll(origins);
    }
    assertThat(contributing).isEqualTo(contents.keySet());

    licences.forEach(
        (artifact, licence) -> {
          if (!licence.contains("Apache")) {
            assertThat(jar.getEntry("META-INF/licenses/LICENSE." + artifact))
                .as("the text of %s, for %s", licence, artifact)
                .isNotNull();
          }
        });
    assertThat(text("META-INF/LICENSE")).isEqualTo(Files.readString(ROOT.resolve("LICENSE")));
  }

  /** Without a serial number or a time, so that two builds of one commit are alike. */
  @Test
  void theListOfComponentsIsThatOfTheNotice() throws Exception {
    String components = Files.readString(ROOT.resolve("job/target/first-response-job.cdx.json"));
    assertThat(components).doesNotContain("serialNumber", "timestamp");
    Set<String> listed = new TreeSet<>();
    Matcher component = COMPONENT.matcher(components);
    while (component.find()) {
      listed.add(component.group(1) + ":" + component.group(2) + ":" + component.group(3));
    }
    // Beside these: the project's own module, what Flink provides, and annotations for compilers.
    listed.removeIf(name -> name.matches("(io.firstresponse|org.slf4j|org.checkerframework):.*"));
    Set<String> named = new TreeSet<>();
    Matcher notice = NAMED.matcher(text("META-INF/NOTICE"));
    while (notice.find()) {
      named.add(notice.group(1) + ":" + notice.group(2) + ":" + notice.group(3));
    }
    assertThat(named).hasSizeGreaterThan(5);
    assertThat(listed).isEqualTo(named);
  }

  private static boolean holds(Set<String> library, String name) {
    if (!name.startsWith(RELOCATED)) {
      return library.contains(name);
    }
    // Of a relocated class the end of the path is left: jackson/core/JsonFactory.class.
    String end = "/" + name.substring(RELOCATED.length());
    return library.stream().anyMatch(candidate -> candidate.endsWith(end));
  }

  private String text(String name) throws IOException {
    return new String(
        jar.getInputStream(jar.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
  }

  private static List<String> names(JarFile jar) {
    return jar.stream().map(JarEntry::getName).toList();
  }

  private static Set<String> classes(Path path) throws IOException {
    try (JarFile jar = new JarFile(path.toFile())) {
      return classes(jar);
    }
  }

  private static Set<String> classes(JarFile jar) {
    return jar.stream()
        .map(JarEntry::getName)
        .filter(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return new ArrayList<>(paths.filter(Files::isRegularFile).toList());
    }
  }
}
