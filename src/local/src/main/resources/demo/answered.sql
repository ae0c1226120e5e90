select
  r.b as customer,
  to_char(r.b_ts at time zone 'UTC', 'FMDD Mon HH24:MI:SS') as asked,
  'nobody yet, not final' as provisional,
  'agent ' || r.a || ' after ' || to_char(extract(epoch from r.a_ts - r.b_ts), 'FM999,990.0') || ' s, final' as now
from waiting w
join tbl_result r using (b, b_ts)
where r.final and r.a_ts is not null
order by r.b_ts, r.b
limit 3
