package io.firstresponse.job.source.files;

import java.io.IOException;

/** The compressed stream itself is bad, and would be on every further reading. */
final class DamagedGzipException extends IOException {

  DamagedGzipException(String message) {
    super(message);
  }
}
