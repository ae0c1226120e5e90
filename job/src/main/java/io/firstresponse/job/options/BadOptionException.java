package io.firstresponse.job.options;

import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.configuration.ConfigOption;

/**
 * An option that is unknown, malformed or missing, or that contradicts another. The message is one
 * line for the person who typed it; {@code flink run} prints it without a stack trace.
 */
public final class BadOptionException extends ProgramParametrizationException {

  private static final long serialVersionUID = 1;

  public BadOptionException(String message) {
    super(message);
  }

  /** The option and what is wrong with its value, as one sentence. */
  public static BadOptionException of(ConfigOption<?> option, String reason) {
    return new BadOptionException("%s: %s.".formatted(option.key(), reason));
  }
}
