package io.firstresponse.job;

/**
 * The steps of the job as Flink knows them. State in savepoints is found by these uids: they are
 * only ever appended, never changed, and never used again for something else.
 */
enum OperatorId {
  SOURCE("source", "Messages"),
  INTAKE("intake", "Intake"),
  SESSIONS("sessions", "First responses"),
  RESULTS("results", "tbl_result"),
  LATE("late", "tbl_late"),
  DEAD_LETTERS("dead-letters", "tbl_dead_letter"),
  CORRECTIONS("corrections", "tbl_correction"),
  NO_WATERMARKS("no-watermarks", "Batch");

  private final String uid;
  private final String title;

  OperatorId(String uid, String title) {
    this.uid = uid;
    this.title = title;
  }

  String uid() {
    return uid;
  }

  /** The name that people see on Flink's web page and in metrics. */
  String title() {
    return title;
  }
}
