package io.firstresponse.benchmarks.setup;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Reads the files with the statements and texts of the benchmarks. */
public final class Sql {

  private Sql() {}

  /** The text of a file on the class path. */
  public static String resource(String name) {
    try (InputStream in = Sql.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
