package io.firstresponse.job.source.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** A file system of Flink, such as an object store. */
record FlinkStorage(FileSystem files) implements Storage {

  @Override
  public Entry look(URI uri) throws IOException {
    FileStatus status = files.getFileStatus(new Path(uri));
    return new Entry(status.isDir(), status.getLen(), uri);
  }

  @Override
  public boolean isGone(URI uri) {
    try {
      return !files.exists(new Path(uri));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public List<URI> list(URI folder) throws IOException {
    FileStatus[] children = files.listStatus(new Path(folder));
    if (children == null) {
      throw new FileNotFoundException("it cannot be listed");
    }
    return Arrays.stream(children).map(child -> child.getPath().toUri()).toList();
  }

  @Override
  public InputStream open(URI file, long offset) throws IOException {
    FSDataInputStream in = files.open(new Path(file));
    try {
      in.seek(offset);
      return in;
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }
}
