-- The window query into a table with the keys and checks of the job's tbl_result. They are made after
-- the rows, which is faster.

create table tbl_result as
select b, b_ts, a, a_ts, asked_a, closed_ts, true as final, now() as updated_at
from (%s) sessions;

alter table tbl_result
  alter b set not null,
  alter b_ts set not null,
  alter a set not null,
  alter a set default -1,
  alter asked_a set not null,
  alter final set not null,
  alter final set default true,
  alter updated_at set not null,
  alter updated_at set default now(),
  add constraint tbl_result_pkey primary key (b_ts, b),
  add constraint tbl_result_open check ((a_ts is null) = (a = -1)),
  add constraint tbl_result_order check (a_ts >= b_ts),
  add constraint tbl_result_closed check (closed_ts is null or (a = -1 and closed_ts >= b_ts));

create unique index uk on tbl_result (b) where a = -1 and closed_ts is null;
