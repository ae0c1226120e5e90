select
  customer.name as customer,
  to_char(r.b_ts at time zone 'UTC', 'FMDD Mon HH24:MI:SS') as asked,
  'nobody yet, not final' as provisional,
  agent.name || ' after ' || to_char(extract(epoch from r.a_ts - r.b_ts), 'FM999,990.0') || ' s, final' as now
from waiting w
join tbl_result r using (b, b_ts)
join tbl_customer customer on customer.customer = r.b
join tbl_agent agent on agent.agent = r.a
where r.final and r.a_ts is not null
order by r.b_ts, r.b
limit 3
