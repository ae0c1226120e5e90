package io.firstresponse.job.ownership;

import io.firstresponse.connectors.PermanentFailure;

/**
 * A job that was submitted later writes the same table. Nothing was written. The job ends: if it
 * were restarted, the two would take the table from each other for ever.
 */
public final class SupersededException extends PermanentFailure {

  private static final long serialVersionUID = 1;

  SupersededException(String target, Submission own, Submission later) {
    super(
        "A job that was submitted later, at %s, writes %s: this one, submitted at %s, ends. Two jobs need tables of their own. (The later job: %s.)"
            .formatted(later.at(), target, own.at(), later));
  }
}
