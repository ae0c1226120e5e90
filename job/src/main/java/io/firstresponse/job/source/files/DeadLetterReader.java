package io.firstresponse.job.source.files;

import io.firstresponse.job.domain.DeadLetter;
import javax.annotation.Nullable;

/** Gives one dead letter in place of a split that cannot be read. */
final class DeadLetterReader implements BatchReader {

  private final DeadLetter letter;
  private boolean delivered;

  /**
   * @param delivered whether the dead letter was emitted before a restore
   */
  DeadLetterReader(DeadLetter letter, boolean delivered) {
    this.letter = letter;
    this.delivered = delivered;
  }

  @Override
  @Nullable public Batch readBatch() {
    if (delivered) {
      return null;
    }
    delivered = true;
    Batch batch = new Batch();
    batch.add(letter, 0, 1);
    return batch;
  }

  @Override
  public void close() {
    // Nothing was opened.
  }
}
