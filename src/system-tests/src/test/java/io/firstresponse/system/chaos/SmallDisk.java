package io.firstresponse.system.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder with a small file system of its own, which can be filled. Only users who may mount one,
 * such as root, get it; for others it is an ordinary folder.
 */
final class SmallDisk implements AutoCloseable {

  private static final int CHUNK = 64 * 1024;

  private final Path folder;
  private final boolean mounted;

  private SmallDisk(Path folder, boolean mounted) {
    this.folder = folder;
    this.mounted = mounted;
  }

  /** Mounts the file system over a folder, which need not exist. */
  static SmallDisk at(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    String path = folder.toString();
    return new SmallDisk(
        folder, succeeds("mount", "-t", "tmpfs", "-o", "size=256m", "small-disk", path));
  }

  /** Whether a file system was mounted, so that it can be filled. */
  boolean canBeFull() {
    return mounted;
  }

  /** Fills the file system. */
  void fill() throws IOException {
    byte[] chunk = new byte[CHUNK];
    try (OutputStream filler = Files.newOutputStream(filler())) {
      while (true) {
        filler.write(chunk);
      }
    } catch (IOException e) {
      if (Files.getFileStore(folder).getUsableSpace() > CHUNK) {
        throw e;
      }
    }
  }

  /** Frees the space again. */
  void clear() throws IOException {
    Files.delete(filler());
  }

  private Path filler() {
    return folder.resolve("filler");
  }

  private static boolean succeeds(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (mounted) {
      succeeds("umount", "--lazy", folder.toString());
    }
  }
}
