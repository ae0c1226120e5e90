package io.firstresponse.cluster;

/** A command that a cluster cannot carry out. The message is one line for the user. */
public final class ClusterException extends Exception {

  private static final long serialVersionUID = 1;

  public ClusterException(String message) {
    super(message);
  }
}
