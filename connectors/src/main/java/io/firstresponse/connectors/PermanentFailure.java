package io.firstresponse.connectors;

import java.io.IOException;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * A failure that stays until somebody changes something outside the job: Flink ends the job instead
 * of restarting it. The message is one line that names the thing, the reason and what to do.
 *
 * <p>It has no cause: the message is complete, so that it is the last line of the failure wherever
 * Flink prints one, and the exception can always be serialized. One that cannot arrives at the
 * JobManager without its class, and the job would be restarted. Whoever throws it logs the stack
 * trace of what it was made from.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public class PermanentFailure extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * @param message one line: what, why, and what to do
   */
  public PermanentFailure(String message) {
    super(message);
  }
}
