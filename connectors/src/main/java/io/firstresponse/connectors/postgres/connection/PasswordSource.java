package io.firstresponse.connectors.postgres.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;

/**
 * The place of a password, not the password. A file is read again for each connection, so the
 * password of a running job can be changed.
 *
 * @param kind what the name is of
 * @param name the path of a file, or the name of an environment variable
 */
record PasswordSource(Kind kind, String name) implements Serializable {

  enum Kind {
    NONE,
    FILE,
    VARIABLE
  }

  static PasswordSource none() {
    return new PasswordSource(Kind.NONE, "");
  }

  static PasswordSource file(String path) {
    return new PasswordSource(Kind.FILE, path);
  }

  static PasswordSource environmentVariable(String name) {
    return new PasswordSource(Kind.VARIABLE, name);
  }

  /**
   * @return the password; empty if there is no source or the variable is not set
   * @throws IOException if the source cannot be read; never with its contents
   */
  Optional<String> read() throws IOException {
    return switch (kind) {
      case NONE -> Optional.empty();
      case FILE -> Optional.of(firstLine());
      case VARIABLE -> Optional.ofNullable(System.getenv(name));
    };
  }

  /** In one line, who else can read the password, if anybody can. */
  Optional<String> exposure() {
    if (kind != Kind.FILE) {
      return Optional.empty();
    }
    try {
      return Files.getPosixFilePermissions(Path.of(name)).contains(PosixFilePermission.OTHERS_READ)
          ? Optional.of("everybody on this machine may read " + name + ": chmod 600 it")
          : Optional.empty();
    } catch (IOException | InvalidPathException | UnsupportedOperationException e) {
      // Reading the file reports it, or the file system has no such permissions.
      return Optional.empty();
    }
  }

  private String firstLine() throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(Path.of(name), UTF_8)) {
      String line = reader.readLine();
      if (line == null || line.isEmpty()) {
        throw new IOException("the first line of the password file " + name + " is empty");
      }
      return line;
    } catch (NoSuchFileException | AccessDeniedException e) {
      throw new IOException("the password file " + name + " is missing or may not be read", e);
    } catch (CharacterCodingException e) {
      throw new IOException("the password file " + name + " is not UTF-8", e);
    } catch (InvalidPathException e) {
      throw new IOException("the path of the password file is not a path: " + name, e);
    }
  }
}
