with figures as (
  select
    count(*) as sessions,
    count(a_ts) as answered,
    count(closed_ts) as closed,
    count(*) filter (where a_ts is null and closed_ts is null) as waiting,
    percentile_cont(0.5) within group (order by extract(epoch from a_ts - b_ts)) as median,
    percentile_cont(0.9) within group (order by extract(epoch from a_ts - b_ts)) as p90,
    100.0 * count(*) filter (where a_ts - b_ts <= interval '3 minutes') / count(*) as in_time
  from tbl_result
)
select 'sessions' as figure, to_char(sessions, 'FM999,999,999') as value from figures
union all select 'answered', to_char(answered, 'FM999,999,999') from figures
union all select 'closed without an answer', to_char(closed, 'FM999,999,999') from figures
union all select 'waiting now', to_char(waiting, 'FM999,999,999') from figures
union all select 'median response time', to_char(median, 'FM999,990.0') || ' s' from figures
union all select 'P90 response time', to_char(p90, 'FM999,990.0') || ' s' from figures
union all select 'answered within 3 minutes, of all', to_char(in_time, 'FM990.0') || ' %' from figures
