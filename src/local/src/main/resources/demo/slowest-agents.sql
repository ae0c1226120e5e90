select
  n.name as agent,
  count(*) as answers,
  to_char(percentile_cont(0.5) within group (order by extract(epoch from a_ts - b_ts)), 'FM999,990.0') || ' s' as median,
  to_char(percentile_cont(0.9) within group (order by extract(epoch from a_ts - b_ts)), 'FM999,990.0') || ' s' as p90
from tbl_result r
join tbl_agent n on n.agent = r.a
group by n.agent
order by percentile_cont(0.5) within group (order by extract(epoch from a_ts - b_ts)) desc, n.agent
limit 3
