-- Optional: finds the rows of after a checkpoint, which a job that recovers looks for first, and the
-- sessions around a moment of the past (queue_at, replies). A few KB at millions of sessions, as times
-- come nearly in order. For PostgreSQL 16 or later: before, no update of a row could stay on its page
-- any more.

create index if not exists tbl_result_recent on tbl_result
  using brin (b_ts, a_ts, updated_at) with (autosummarize = on);
