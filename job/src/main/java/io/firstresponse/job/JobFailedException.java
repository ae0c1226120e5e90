package io.firstresponse.job;

import org.apache.flink.client.program.ProgramParametrizationException;

/**
 * The job has run and failed. {@code flink run} prints the message, which is one line, and writes
 * the stack trace to its log only. The cause is Flink's exception.
 */
public final class JobFailedException extends ProgramParametrizationException {

  private static final long serialVersionUID = 1;

  JobFailedException(Throwable failure) {
    super("The job failed: " + FailureReason.of(failure));
    initCause(failure);
  }
}
