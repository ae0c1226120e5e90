-- Optional, for PostgreSQL 16 or later: an index on the rows that were written after a checkpoint, which a
-- job reads first when it recovers, and on the sessions around a moment of the past (queue_at, replies). It
-- takes a few KB for millions of sessions, since times are nearly in order. Before PostgreSQL 16 it would
-- prevent HOT updates of tbl_result.
--
-- Run again: yes. In a transaction: yes.

create index if not exists tbl_result_recent on tbl_result
  using brin (b_ts, a_ts, closed_ts, updated_at) with (autosummarize = on);
