package io.firstresponse.job.testing;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileStatus;
import org.apache.flink.core.fs.local.LocalFileSystem;

/**
 * Files under {@code golden:/}, which are in the build folder of whoever looks. The state of a
 * files source names the paths that it reads: those of golden savepoints have to be there on every
 * machine.
 */
public final class GoldenFileSystemFactory implements FileSystemFactory {

  private static final String SCHEME = "golden";

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileSystem create(URI uri) {
    return new GoldenFiles();
  }

  /** Where the file of a path is. */
  public static File file(Path path) {
    return new File("target/golden", path.getPath());
  }

  private static final class GoldenFiles extends LocalFileSystem {

    @Override
    public URI getUri() {
      return URI.create(SCHEME + ":///");
    }

    @Override
    public File pathToFile(Path path) {
      return file(path);
    }

    /** Flink's own status contains the path of the file. */
    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
      super.getFileStatus(path);
      return new LocalFileStatus(file(path), this) {
        @Override
        public Path getPath() {
          return path;
        }
      };
    }
  }
}
