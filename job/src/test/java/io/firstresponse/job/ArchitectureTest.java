package io.firstresponse.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

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
