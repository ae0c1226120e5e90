package io.firstresponse.job.types;

import io.firstresponse.connectors.PermanentFailure;
import java.io.Serial;

/**
 * The checkpoint or savepoint that a job is started from is of another kind of job, or of a later
 * release. The message says what to do. The job ends: the state will not change.
 */
public final class UnfitStateException extends PermanentFailure {

  @Serial private static final long serialVersionUID = 1;

  public UnfitStateException(String message) {
    super(message);
  }
}
