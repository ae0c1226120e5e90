-- The reference for tbl_result in any-agent mode: a window query over all messages, in the table
-- tbl (a, b, ts, direct). The rows of the job are equal to its rows if no message was late.
--
-- Run again: yes. In a transaction: yes.

with ordered as (
  select a, b, ts, direct, lag(direct) over (partition by b order by ts, direct, a) as previous
  from tbl
),
-- A session is opened by a customer's message that is the first, or follows an agent's message. It is
-- answered by the agent's message that follows.
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
