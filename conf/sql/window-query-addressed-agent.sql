-- The reference for tbl_result in addressed-agent mode: the window query over every message, in
-- tbl (a, b, ts, direct). Whatever the job writes equals this, if no message was late.

with ordered as (
  select a, b, ts, direct, lag(direct) over (partition by b, a order by ts, direct) as previous
  from tbl
),
-- What opens a session follows an agent's message or nothing; what answers it, a customer's.
marked as (
  select a, b, ts, direct,
    lead(a)  over (partition by b, a order by ts, direct) as answered_by,
    lead(ts) over (partition by b, a order by ts, direct) as answered_at
  from ordered
  where direct <> coalesce(previous, true)
)
select b, ts as b_ts, a, coalesce(answered_by, -1) as rsp_a, answered_at as a_ts
from marked
where not direct
