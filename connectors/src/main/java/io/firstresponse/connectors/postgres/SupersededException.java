package io.firstresponse.connectors.postgres;

import java.io.IOException;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * A job that was submitted later writes the same table: nothing was written, and Flink ends the job
 * without starting it again, for the two would take the table from each other for ever.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class SupersededException extends IOException {

  private static final long serialVersionUID = 1;

  SupersededException(String message) {
    super(message);
  }
}
