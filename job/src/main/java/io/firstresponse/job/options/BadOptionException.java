package io.firstresponse.job.options;

import org.apache.flink.client.program.ProgramParametrizationException;

/**
 * An option that is unknown, malformed, missing or at odds with another. The message is one line
 * for the person who typed it; {@code flink run} prints it without a stack trace.
 */
public final class BadOptionException extends ProgramParametrizationException {

  private static final long serialVersionUID = 1;

  public BadOptionException(String message) {
    super(message);
  }
}
