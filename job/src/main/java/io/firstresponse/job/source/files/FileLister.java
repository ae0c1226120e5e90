package io.firstresponse.job.source.files;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemLoopException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the files under a path, in all subfolders. Names that begin with '.' or '_' are ignored,
 * except the path's own name. Files and folders that cannot be read are listed separately, and do
 * not prevent the others from being found.
 */
final class FileLister {

  /**
   * A file that can be read.
   *
   * @param length in bytes
   */
  record Found(URI uri, long length) {}

  /** The result of one search. */
  record Listing(List<Found> files, List<Unreadable> unreadable) {}

  private final URI root;

  FileLister(URI root) {
    this.root = root;
  }

  /**
   * Searches once.
   *
   * @throws IOException if the failure may be temporary
   */
  Listing list() throws IOException {
    Listing listing = new Listing(new ArrayList<>(), new ArrayList<>());
    add(Storage.of(root), root, new HashSet<>(), listing);
    return listing;
  }

  /**
   * @param above the identities of the folders that contain it, to detect cycles of links
   */
  private void add(Storage storage, URI uri, Set<Object> above, Listing listing)
      throws IOException {
    try {
      Storage.Entry entry = storage.look(uri);
      if (!entry.isFolder()) {
        listing.files.add(new Found(uri, entry.length()));
        return;
      }
      if (!above.add(entry.identity())) {
        throw new FileSystemLoopException(uri.toString());
      }
      for (URI child : storage.list(uri)) {
        if (isVisible(FileNames.last(child))) {
          add(storage, child, above, listing);
        }
      }
      above.remove(entry.identity());
    } catch (IOException e) {
      if (!uri.equals(root) && storage.isGone(uri)) {
        // Removed after its folder was listed, so it is ignored.
        return;
      }
      Optional<Unreadable> unreadable = Unreadable.of(uri, e);
      if (unreadable.isEmpty()) {
        throw new IOException("Looking at " + FileNames.display(uri) + " failed: " + e, e);
      }
      listing.unreadable.add(unreadable.get());
    }
  }

  private static boolean isVisible(String name) {
    return !name.startsWith(".") && !name.startsWith("_");
  }
}
