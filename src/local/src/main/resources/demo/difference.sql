create table difference as
  select 'only the job has' as which, * from (select b, b_ts, a, a_ts, asked_a, closed_ts, labels from tbl_result except all select * from expected) job
  union all
  select 'only the window query has', * from (select * from expected except all select b, b_ts, a, a_ts, asked_a, closed_ts, labels from tbl_result) query
