package io.firstresponse.job.source.files;

import java.io.IOException;

/** The compressed data is damaged, so reading it again does not help. */
final class DamagedGzipException extends IOException {

  DamagedGzipException(String message) {
    super(message);
  }
}
