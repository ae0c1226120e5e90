package io.firstresponse.connectors;

import java.io.IOException;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * A failure that stays until somebody changes something outside the job: Flink ends the job instead
 * of restarting it. The message is one line that says what failed, why, and what to do.
 *
 * <p>It has no cause. So the message is the last line of the failure wherever Flink prints it, and
 * the exception can always be serialized: otherwise it would arrive at the JobManager without its
 * class, and the job would be restarted. The code that throws it logs the original stack trace.
 */
@PublicEvolving
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
