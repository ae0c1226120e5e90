create table waiting as
  select b, b_ts, now() as seen_at from tbl_result where not final and a = -1 and closed_ts is null
