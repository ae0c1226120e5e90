package io.firstresponse.job.ownership;

import java.io.IOException;

/**
 * Another attempt of the same job writes in place of this one. Nothing was written. As a rule Flink
 * has ended this attempt already; if it has not, the next attempt takes over.
 */
public final class TakenOverException extends IOException {

  private static final long serialVersionUID = 1;

  TakenOverException(String message) {
    super(message);
  }
}
