select
  team as team,
  to_char(count(*), 'FM999,999,999') as sessions,
  to_char(count(*) filter (where status = 'closed'), 'FM999,999,999') as closed,
  to_char(percentile_cont(0.5) within group (order by response_seconds), 'FM999,990.0') || ' s' as median,
  to_char(percentile_cont(0.9) within group (order by response_seconds), 'FM999,990.0') || ' s' as p90
from response_sessions
group by 1
order by count(*) desc, 1
