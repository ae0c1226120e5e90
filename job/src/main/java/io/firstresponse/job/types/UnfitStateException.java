package io.firstresponse.job.types;

import java.io.IOException;
import java.io.Serial;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * The checkpoint or savepoint that a job is started from is of another kind of job, or of a later
 * release. The message says what to do. Flink does not restart the job: the state will not change.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class UnfitStateException extends IOException {

  @Serial private static final long serialVersionUID = 1;

  public UnfitStateException(String message) {
    super(message);
  }
}
