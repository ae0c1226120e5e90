-- The days of a report: from ? to ?, each null for the default.
select
  coalesce(asked.first_day, last.day - 29) as first_day,
  last.day as last_day
from (select ?::date as first_day, ?::date as last_day) asked
cross join lateral (
  select coalesce(
    asked.last_day,
    greatest(
      asked.first_day,
      -- Without a join in the inner query, so that an index gives the maximum.
      (select day_of(s.opened_at, g.time_zone)
       from (select max(opened_at) as opened_at from response_sessions) s cross join report_settings g)),
    (select day_of(now(), time_zone) from report_settings)) as day) last
