-- First responses in Flink SQL. What is not answered yet it cannot give.

select *
from messages
match_recognize (
  partition by b
  order by sent, ts, direct, a
  measures
    opened.ts as b_ts,
    answered.a as a,
    answered.ts as a_ts,
    opened.a as asked_a
  one row per match
  after match skip past last row
  pattern (opened further* answered)
  define
    opened as not opened.direct,
    further as not further.direct,
    answered as answered.direct
)
