package io.firstresponse.job.ownership;

/** What {@code tbl_writer} says of a writer's progress before the writer has recorded any. */
enum InitialProgress {
  /** Nothing: the writer never records its progress. */
  NOT_RECORDED,

  /** Unknown: the rows that are there are not those that the writer starts from. */
  UNKNOWN,

  /** The progress of the writers before, whose rows the writer goes on with. */
  CONTINUED
}
