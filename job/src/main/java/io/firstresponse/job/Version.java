package io.firstresponse.job;

import java.util.Optional;

/** The version of this build, which the job's jar has in its manifest. */
public final class Version {

  private Version() {}

  /** The {@code Implementation-Version} of the manifest; none if the classes are not from a jar. */
  public static Optional<String> current() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion());
  }

  /** Prints it, for the scripts of a release. Needs no Flink on the class path. */
  public static void main(String[] args) {
    System.out.println("First Response " + current().orElse("(no version)"));
  }
}
