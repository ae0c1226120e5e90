package io.firstresponse.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

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
}
