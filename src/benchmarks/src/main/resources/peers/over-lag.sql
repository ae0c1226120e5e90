-- First responses in Flink SQL. What is not answered yet it cannot give.

with ordered as (
  select a, b, ts, direct, sent, lag(direct) over (partition by b order by sent) as previous
  from messages
),
-- What opens a session follows an agent's message or nothing; what answers it, a customer's.
marked as (
  select a, b, ts, direct,
    lag(ts) over (partition by b order by sent) as opened_at,
    lag(a)  over (partition by b order by sent) as asked
  from ordered
  where direct <> coalesce(previous, true)
)
select b, opened_at as b_ts, a, ts as a_ts, asked as asked_a
from marked
-- An answer without a question comes of messages in the same millisecond.
where direct and opened_at is not null
