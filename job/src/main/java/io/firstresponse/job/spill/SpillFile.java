package io.firstresponse.job.spill;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A temporary file in the folder that Java has for such files. It is made with the first write, and
 * has no name from then on: its space is free when it is closed, or the process is killed. Not
 * thread-safe.
 */
public final class SpillFile implements Closeable {

  /**
   * A part of the file, in bytes.
   *
   * @param position of its first byte
   */
  public record Region(long position, long length) {}

  private FileChannel channel;
  private long end;

  /**
   * Writes what remains in a buffer behind what is there.
   *
   * @return where it is
   * @throws IOException that names the file and says what to do
   */
  public Region write(ByteBuffer bytes) throws IOException {
    Region written = new Region(end, bytes.remaining());
    try {
      if (channel == null) {
        Path path = Files.createTempFile("first-response-batch-", ".tmp");
        channel = FileChannel.open(path, READ, WRITE);
        Files.delete(path);
      }
      while (bytes.hasRemaining()) {
        end += channel.write(bytes, end);
      }
    } catch (IOException e) {
      throw failed(e);
    }
    return written;
  }

  /**
   * Fills a buffer from its beginning, and prepares it to be read: with as many bytes of a region
   * as it holds, or as there are.
   *
   * @param skipped how many bytes of the region to leave out before
   */
  public void read(Region region, long skipped, ByteBuffer target) throws IOException {
    target.clear().limit((int) Math.min(target.capacity(), region.length - skipped));
    try {
      while (target.hasRemaining()) {
        if (channel.read(target, region.position + skipped + target.position()) < 0) {
          throw new EOFException("the file has become shorter");
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
    target.flip();
  }

  private static IOException failed(IOException e) {
    return new IOException(
        "Keeping what does not fit the heap in a file in "
            + System.getProperty("java.io.tmpdir")
            + " failed: "
            + e.getMessage()
            + ". Make room there, or give the process a larger heap, or another folder: TMPDIR for"
            + " scripts/run-local, -Djava.io.tmpdir in env.java.opts.taskmanager for a cluster.",
        e);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
