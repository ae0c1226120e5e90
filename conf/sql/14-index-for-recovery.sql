-- Finds the rows of after a checkpoint, which a job that recovers looks for first, and the sessions of
-- a moment of the past (queue_at). A few KB at millions of sessions, as times come nearly in order; what
-- it costs the job could not be measured.

create index if not exists tbl_result_recent on tbl_result
  using brin (b_ts, a_ts, updated_at) with (autosummarize = on);

insert into first_response_schema (component, version) values ('tbl_result recent', 1);
