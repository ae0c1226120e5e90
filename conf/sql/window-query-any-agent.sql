-- The reference for tbl_result in any-agent mode: the window query over every message, in
-- tbl (a, b, ts, direct). Whatever the job writes equals this, if no message was late.

with ordered as (
  select a, b, ts, direct, lag(direct) over (partition by b order by ts, direct, a) as previous
  from tbl
),
-- What opens a session follows an agent's message or nothing; what answers it, a customer's.
marked as (
  select a, b, ts, direct,
    lead(a)  over (partition by b order by ts, direct, a) as answered_by,
    lead(ts) over (partition by b order by ts, direct, a) as answered_at
  from ordered
  where direct <> coalesce(previous, true)
)
select b, ts as b_ts, coalesce(answered_by, -1) as a, answered_at as a_ts, coalesce(a, -1) as asked_a
from marked
where not direct
