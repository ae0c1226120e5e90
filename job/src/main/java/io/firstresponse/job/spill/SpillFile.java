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
 * A temporary file in Java's folder for such files. It is created by the first write and unlinked
 * at once, so that its space is released when it is closed or the process is killed. Not
 * thread-safe.
 */
public final class SpillFile implements Closeable {

  /**
   * A part of the file.
   *
   * @param position the offset of its first byte
   * @param length its length in bytes
   */
  public record Region(long position, long length) {}

  private FileChannel channel;
  private long end;

  /**
   * Appends the remaining bytes of a buffer.
   *
   * @return the part of the file that they are in
   * @throws IOException with a message that says what to do
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
   * Reads bytes of a region into a buffer, as many as fit or are left, and flips the buffer.
   *
   * @param skipped the offset in the region at which to start
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
