package io.firstresponse.job.source.datagen;

import org.apache.flink.api.connector.source.SourceSplit;

/**
 * A share of the stream, like a partition of a topic: every {@code splits}-th message from message
 * number {@code ordinal} on. It carries how many splits there are, so that a stream that was begun
 * goes on in the same shares when the option has changed.
 *
 * @param ordinal which of the splits this is, from 0
 * @param splits into how many splits the stream is dealt out
 * @param next the number of the next message to deliver
 */
public record DatagenSplit(int ordinal, int splits, long next) implements SourceSplit {

  /** Refuses a split that cannot be. */
  public DatagenSplit {
    if (ordinal < 0 || ordinal >= splits || next < 0 || next % splits != ordinal) {
      throw new IllegalArgumentException(
          "No split " + ordinal + " of " + splits + " is ever at message " + next);
    }
  }

  /** The split from its first message on. */
  static DatagenSplit whole(int ordinal, int splits) {
    return new DatagenSplit(ordinal, splits, ordinal);
  }

  @Override
  public String splitId() {
    return Integer.toString(ordinal);
  }
}
