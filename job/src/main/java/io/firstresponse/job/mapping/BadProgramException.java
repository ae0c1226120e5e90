package io.firstresponse.job.mapping;

/** A program that cannot be compiled. The message gives the place and the reason, in one line. */
final class BadProgramException extends Exception {

  private static final long serialVersionUID = 1;

  BadProgramException(String message) {
    super(message);
  }
}
