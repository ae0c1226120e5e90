package io.firstresponse.cluster;

/** What keeps a cluster from doing what it was asked to, in one line for the person who asked. */
public final class ClusterException extends Exception {

  private static final long serialVersionUID = 1;

  public ClusterException(String message) {
    super(message);
  }
}
