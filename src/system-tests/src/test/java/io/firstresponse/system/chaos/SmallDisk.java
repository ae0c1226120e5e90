package io.firstresponse.system.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder that is a disk of its own where the user may mount one, as root may: so small that it
 * can be filled.
 */
final class SmallDisk implements AutoCloseable {

  private static final int CHUNK = 64 * 1024;

  private final Path folder;
  private final boolean mounted;

  private SmallDisk(Path folder, boolean mounted) {
    this.folder = folder;
    this.mounted = mounted;
  }

  /** Mounts it over a folder, which need not exist. */
  static SmallDisk at(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    String path = folder.toString();
    return new SmallDisk(
        folder, succeeds("mount", "-t", "tmpfs", "-o", "size=256m", "small-disk", path));
  }

  /** Whether it can be filled. */
  boolean canBeFull() {
    return mounted;
  }

  /** Leaves no room for a byte more. */
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

  /** Leaves room again. */
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
