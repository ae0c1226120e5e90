package io.firstresponse.job.tables;

import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;

/**
 * What is done to a row of {@code tbl_result}.
 *
 * @param session the session that the row is of
 * @param write what is done
 * @param isFinal whether the row is final
 * @param endsGroup whether this is the last of the rows that are written together
 */
record ResultRow(Session session, Write write, boolean isFinal, boolean endsGroup) {

  /** What is done to a row. */
  enum Write {
    /** It is inserted: the table does not have it, as far as is known. */
    INSERT,
    /** It is inserted or updated. Final answers and closes that the table has are kept. */
    UPSERT,
    /** It is inserted, and replaces whatever the table has, final or not. */
    REPLACE,
    /** It is deleted, unless it is final. */
    DELETE_PROVISIONAL,
    /** It is deleted, final or not. */
    DELETE;

    boolean deletes() {
      return this == DELETE_PROVISIONAL || this == DELETE;
    }

    /** Whether the row that the table has is deleted first, final or not. */
    boolean overridesFinal() {
      return this == REPLACE || this == DELETE;
    }
  }

  /** The row of a change that is written as it was published. */
  static ResultRow of(SessionChange change) {
    Write write =
        switch (change.kind()) {
          case NEW -> Write.INSERT;
          case CHANGED -> Write.UPSERT;
          case RETRACTED -> Write.DELETE_PROVISIONAL;
          case SAME, REPLAY_START ->
              throw new IllegalArgumentException("not a change of a row: " + change);
        };
    return new ResultRow(change.session(), write, change.isFinal(), change.endsGroup());
  }

  /** The row of a change, written in a certain way. */
  static ResultRow of(SessionChange change, Write write) {
    return new ResultRow(change.session(), write, change.isFinal(), change.endsGroup());
  }

  /** The same row, written in another way. */
  ResultRow with(Write other) {
    return other == write ? this : new ResultRow(session, other, isFinal, endsGroup);
  }

  /** The same row, as the last one of its group or not. */
  ResultRow endingGroup(boolean last) {
    return last == endsGroup ? this : new ResultRow(session, write, isFinal, last);
  }

  /**
   * The row to write of two with the same key in one batch: the later one, which overrides a final
   * row if the earlier one does.
   */
  static ResultRow latest(ResultRow earlier, ResultRow later) {
    if (!earlier.write.overridesFinal() || later.write.overridesFinal()) {
      return later;
    }
    return later.with(later.write.deletes() ? Write.DELETE : Write.REPLACE);
  }
}
