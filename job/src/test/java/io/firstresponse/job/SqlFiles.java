package io.firstresponse.job;

import io.firstresponse.job.domain.ResponseMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** The files of {@code conf/sql}, by their paths in that folder, as they are in the job's jar. */
public final class SqlFiles {

  /** A file that psql runs, by its path beside the file that includes it. */
  private static final Pattern INCLUDED = Pattern.compile("(?m)^\\\\ir (\\S+)$");

  private SqlFiles() {}

  /** The paths of the files that {@code install.sql} runs, in its order. */
  public static List<String> installed(ResponseMode mode) {
    return INCLUDED
        .matcher(read("install.sql"))
        .results()
        .map(included -> included.group(1).replace(":mode", mode.code()))
        .toList();
  }

  /** The statements of those files, a string each. */
  public static List<String> install(ResponseMode mode) {
    return installed(mode).stream().map(SqlFiles::read).toList();
  }

  /** The statements of a file that does not run in a transaction, and has no function bodies. */
  public static List<String> statements(String path) {
    return List.of(read(path).replaceAll("(?m)^--.*$", "").strip().split(";\\s*", 0));
  }

  /** The text of a file. */
  public static String read(String path) {
    try (InputStream in = SqlFiles.class.getResourceAsStream("/sql/" + path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
