package io.firstresponse.job.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * The JVM's archive of classes that are loaded already (class data sharing). A Java process of a
 * test loads some 10,000 classes of Flink, which is most of what it does; from an archive it takes
 * two thirds of the time. The archive belongs to one class path.
 */
public final class ClassDataArchive {

  private final Path file;

  /**
   * @param file where the archive is, or will be
   */
  public ClassDataArchive(Path file) {
    this.file = file.toAbsolutePath();
  }

  /** The options with which a Java process writes the archive when it ends. */
  public String written() {
    return silent("-XX:ArchiveClassesAtExit=" + unfinished());
  }

  /**
   * The options with which a Java process reads the archive. One that does not fit the process, or
   * is not there, is not read: the process starts as slowly as without it.
   */
  public String read() {
    return silent("-XX:SharedArchiveFile=" + file);
  }

  /** The JVM says on standard output what it does not put into an archive. */
  private static String silent(String option) {
    return "-Xlog:disable " + option;
  }

  /** Runs Java processes once, so that they write archives. */
  @FunctionalInterface
  public interface Training {
    void run() throws Exception;
  }

  /**
   * Makes archives by running processes once, unless all are younger than the jars; other JVMs wait
   * meanwhile. An archive only saves time. So if the processes fail, as they may on a busy machine,
   * the reason is printed, and processes start without archives.
   *
   * @param lib the folder of the jars
   */
  public static void makeAll(List<ClassDataArchive> archives, Path lib, Training training)
      throws Exception {
    Path lock = archives.get(0).file.resolveSibling(archives.get(0).file.getFileName() + ".lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      FileTime built = lastModified(lib);
      for (ClassDataArchive archive : archives) {
        if (!Files.exists(archive.file) || lastModified(archive.file).compareTo(built) < 0) {
          make(archives, training);
          return;
        }
      }
    }
  }

  private static void make(List<ClassDataArchive> archives, Training training) throws Exception {
    try {
      training.run();
      for (ClassDataArchive made : archives) {
        Files.move(made.unfinished(), made.file, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | AssertionError e) {
      System.err.println("No archive of classes was made, so processes start slowly: " + e);
    }
  }

  private Path unfinished() {
    return file.resolveSibling(file.getFileName() + ".new");
  }

  private static FileTime lastModified(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return Files.getLastModifiedTime(path);
    }
    FileTime last = FileTime.fromMillis(0);
    try (Stream<Path> files = Files.list(path)) {
      for (Path one : files.toList()) {
        FileTime modified = Files.getLastModifiedTime(one);
        last = modified.compareTo(last) > 0 ? modified : last;
      }
    }
    return last;
  }
}
