-- The reference for tbl_result in any-agent mode: a window query over all messages, in the table
-- tbl (a, b, ts, direct, closes, labels). The rows of the job are equal to its rows if no message was late.
-- A table of a feed without closes, or without labels: with "false" in place of "closes", or
-- "null::bigint as labels" in place of "labels".
--
-- labels is the key of a label set, as in tbl_labels. Of copies of a message that differ in labels the first in
-- the order counts: by key, and those without labels last, which is where PostgreSQL sorts nulls.
--
-- Run again: yes. In a transaction: yes.

with kinds as (
  -- 0: from a customer, 1: from an agent, 2: a close.
  select coalesce(a, -1) as a, b, ts, case when closes then 2 when direct then 1 else 0 end as kind,
    labels
  from tbl
),
ordered as (
  select a, b, ts, kind, labels, lag(kind) over (partition by b order by ts, kind, a, labels) as previous
  from kinds
),
-- A session is opened by a customer's message that is the first, or follows an agent's message or a close.
-- It ends with the agent's message or the close that follows.
marked as (
  select a, b, ts, kind, labels,
    lead(kind) over (partition by b order by ts, kind, a, labels) as ended_by,
    lead(a)    over (partition by b order by ts, kind, a, labels) as end_a,
    lead(ts)   over (partition by b order by ts, kind, a, labels) as end_ts
  from ordered
  where (kind > 0) <> coalesce(previous > 0, true)
)
select b, ts as b_ts,
  coalesce(case when ended_by = 1 then end_a end, -1) as a, case when ended_by = 1 then end_ts end as a_ts,
  a as asked_a, case when ended_by = 2 then end_ts end as closed_ts,
  labels
from marked
where kind = 0
