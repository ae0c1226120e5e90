package io.firstresponse.job.source.files;

import io.firstresponse.job.domain.DeadLetter;
import javax.annotation.Nullable;

/** "Reads" a split that cannot be read: one dead letter stands for all of it. */
final class DeadLetterReader implements BatchReader {

  private final DeadLetter letter;
  private boolean delivered;

  /**
   * @param delivered whether it was before a restore
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
