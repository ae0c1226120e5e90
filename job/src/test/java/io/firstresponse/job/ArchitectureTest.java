package io.firstresponse.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(packages = "io.firstresponse", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule domainIsPlainJava =
      classes()
          .that()
          .resideInAPackage("io.firstresponse.job.domain..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("io.firstresponse.job.domain..", "java..");

  /** What keyed state and timers are asked for is in Flink's public interfaces. */
  @ArchTest
  static final ArchRule sessionsUsePublicInterfaces =
      noClasses()
          .that()
          .resideInAPackage("io.firstresponse.job.sessions..")
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAnyPackage(
                      "org.apache.flink.runtime..", "org.apache.flink.streaming.api.operators..")
                  .and(
                      // Public, in spite of their package.
                      DescribedPredicate.not(
                          JavaClass.Predicates.simpleNameStartingWith("Function"))));

  @ArchTest
  static final ArchRule domainHasNoClock =
      noClasses()
          .that()
          .resideInAPackage("io.firstresponse.job.domain..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching("java\\.time\\..*(Clock|InstantSource)")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime");

  @ArchTest
  static final ArchRule connectorsKnowNothingOfTheJob =
      noClasses()
          .that()
          .resideInAPackage("io.firstresponse.connectors..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.firstresponse.job..");

  @ArchTest
  static final ArchRule packagesOfTheJobHaveNoCycles =
      slices().matching("io.firstresponse.job.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packagesOfTheConnectorsHaveNoCycles =
      slices().matching("io.firstresponse.connectors.postgres.(*)..").should().beFreeOfCycles();

  /** Who may write is one idea with one home. */
  @Test
  void onlyOwnershipNamesItsTables() throws IOException {
    assertThat(sources())
        .filteredOn(source -> !source.toString().contains("/job/ownership/"))
        .filteredOn(source -> read(source).matches("(?s).*tbl_(writer|identity|load)\\b.*"))
        .isEmpty();
  }

  @Test
  void connectorsNameNoTable() throws IOException {
    assertThat(sources())
        .filteredOn(source -> source.toString().contains("/io/firstresponse/connectors/"))
        .isNotEmpty()
        .filteredOn(source -> read(source).contains("tbl_"))
        .isEmpty();
  }

  /** The main code of all modules, with its strings and comments. */
  private static List<Path> sources() throws IOException {
    List<Path> modules = new ArrayList<>(List.of(Path.of("../connectors"), Path.of("../job")));
    try (Stream<Path> others = Files.list(Path.of("../src"))) {
      modules.addAll(others.toList());
    }
    List<Path> sources = new ArrayList<>();
    for (Path module : modules) {
      Path main = module.resolve("src/main/java");
      if (Files.isDirectory(main)) {
        try (Stream<Path> files = Files.walk(main)) {
          sources.addAll(files.filter(file -> file.toString().endsWith(".java")).toList());
        }
      }
    }
    return sources;
  }

  private static String read(Path source) {
    try {
      return Files.readString(source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
