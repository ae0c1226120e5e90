package io.firstresponse.job;

/**
 * The uid and the name of each operator of the job. Flink finds the state in a savepoint by the
 * uid. New operators are added at the end; a uid is never changed and never used again.
 */
enum OperatorId {
  SOURCE("source", "Messages"),
  INTAKE("intake", "Intake"),
  SESSIONS("sessions", "First responses"),
  RESULTS("results", "tbl_result"),
  LATE("late", "tbl_late"),
  DEAD_LETTERS("dead-letters", "tbl_dead_letter"),
  CORRECTIONS("corrections", "tbl_correction"),
  NO_WATERMARKS("no-watermarks", "Batch"),
  AGENTS("agents", "tbl_agent"),
  CUSTOMERS("customers", "tbl_customer"),
  NEW_AGENTS("new-agents", "Agents"),
  NEW_CUSTOMERS("new-customers", "Customers"),
  LABELS("labels", "tbl_labels"),
  NEW_LABELS("new-labels", "Labels");

  private final String uid;
  private final String title;

  OperatorId(String uid, String title) {
    this.uid = uid;
    this.title = title;
  }

  String uid() {
    return uid;
  }

  /** The operator's name on Flink's web page and in metrics. */
  String title() {
    return title;
  }
}
