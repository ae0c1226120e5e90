package io.firstresponse.job.spill;

import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
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
 * A temporary file in the folder that Java has for such files. It is made with the first write and
 * deleted when it is closed. Not thread-safe.
 */
public final class SpillFile implements Closeable {

  /**
   * A part of the file, in bytes.
   *
   * @param position of its first byte
   */
  public record Region(long position, long length) {}

  private Path path;
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
        path = Files.createTempFile("first-response-batch-", ".tmp");
        channel = FileChannel.open(path, READ, WRITE, DELETE_ON_CLOSE);
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

  private IOException failed(IOException e) {
    String where = path == null ? System.getProperty("java.io.tmpdir") : path.toString();
    return new IOException(
        "Keeping what does not fit the heap in "
            + where
            + " failed: "
            + e.getMessage()
            + ". Make room there, choose another folder with -Djava.io.tmpdir, or give the process a"
            + " larger heap.",
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
