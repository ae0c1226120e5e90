package io.firstresponse.job.source.files;

import io.firstresponse.connectors.PermanentFailure;
import io.firstresponse.job.source.files.FileOptions.OnUnreadable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serial;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;

/**
 * A file or folder that cannot be read until somebody repairs it.
 *
 * @param uri the file or folder
 * @param why the reason as a sentence, without the name
 */
record Unreadable(URI uri, String why) {

  /** A file that has changed since it was found. */
  static final class Changed extends FileSystemException {

    @Serial private static final long serialVersionUID = 1;

    /**
     * @param now its present length in bytes
     */
    Changed(long before, long now) {
      super(
          null,
          null,
          "it had %,d bytes when it was found and has %,d now; write a file elsewhere and move it here when it is complete, and put what is added later into a file of its own"
              .formatted(before, now));
    }
  }

  /** Whether a failure means that the file cannot be read; empty if it may be temporary. */
  static Optional<Unreadable> of(URI uri, IOException failure) {
    return reason(failure).map(why -> new Unreadable(uri, why));
  }

  private static Optional<String> reason(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return Optional.of("the job's user has no right to read it");
    }
    if (failure instanceof NoSuchFileException || failure instanceof FileNotFoundException) {
      return Optional.of("it was removed, or it is a link to nothing");
    }
    if (failure instanceof FileSystemLoopException) {
      return Optional.of("it is a link to a folder that it is in");
    }
    if (failure instanceof NotDirectoryException) {
      return Optional.of("a part of its path is no folder");
    }
    if (failure instanceof FileSystemException e
        && e.getReason() != null
        && !e.getReason().startsWith("Too many open files")) {
      return Optional.of(e.getReason());
    }
    return Optional.empty();
  }

  /**
   * The failure that ends the job.
   *
   * @param more the number of other unreadable files
   */
  PermanentFailure failure(int more) {
    return new PermanentFailure(
        "%s%s. Mend it and start the job again, or set %s to %s: the rest is read then."
            .formatted(
                this,
                more == 0 ? "" : " (and %,d more such files or folders)".formatted(more),
                FileOptions.ON_UNREADABLE.key(),
                OnUnreadable.DEAD_LETTER));
  }

  @Override
  public String toString() {
    return FileNames.display(uri) + " cannot be read: " + why;
  }
}
