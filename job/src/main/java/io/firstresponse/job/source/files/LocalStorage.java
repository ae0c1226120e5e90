package io.firstresponse.job.source.files;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * The local file system. Flink's own implementation interprets a name as part of a URI and fails
 * for names with certain characters or encodings.
 */
enum LocalStorage implements Storage {
  INSTANCE;

  @Override
  public Entry look(URI uri) throws IOException {
    Path path = Path.of(uri);
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    if (!attributes.isDirectory() && !attributes.isRegularFile()) {
      throw new FileSystemException(path.toString(), null, "it is neither a file nor a folder");
    }
    if (!Files.isReadable(path)) {
      throw new AccessDeniedException(path.toString());
    }
    Object key = attributes.fileKey();
    return new Entry(
        attributes.isDirectory(), attributes.size(), key == null ? path.toRealPath() : key);
  }

  @Override
  public boolean isGone(URI uri) {
    return Files.notExists(Path.of(uri), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public List<URI> list(URI folder) throws IOException {
    List<URI> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(Path.of(folder))) {
      for (Path child : stream) {
        children.add(child.toUri());
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return children;
  }

  @Override
  public InputStream open(URI file, long offset) throws IOException {
    FileChannel channel = FileChannel.open(Path.of(file));
    try {
      return Channels.newInputStream(channel.position(offset));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }
}
