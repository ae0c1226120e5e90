package io.firstresponse.connectors.postgres;

import io.firstresponse.connectors.PermanentFailure;

/**
 * A job that was submitted later writes the same table: nothing was written. The job ends, for the
 * two would take the table from each other for ever.
 */
public final class SupersededException extends PermanentFailure {

  private static final long serialVersionUID = 1;

  SupersededException(String message) {
    super(message);
  }
}
