package io.firstresponse.job.types;

import io.firstresponse.connectors.PermanentFailure;
import java.io.Serial;

/**
 * The job cannot continue from the checkpoint or savepoint that it was started from, because that
 * is of another kind of job or of a later release. The message says what to do. The job is not
 * restarted, since the state would be the same.
 */
public final class UnfitStateException extends PermanentFailure {

  @Serial private static final long serialVersionUID = 1;

  public UnfitStateException(String message) {
    super(message);
  }
}
