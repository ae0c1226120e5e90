(
  select
    customer.name as customer,
    to_char(c.b_ts at time zone 'UTC', 'FMDD Mon HH24:MI:SS') as asked,
    was.name || ' after ' || to_char(extract(epoch from c.was_a_ts - c.b_ts), 'FM999,990.0') || ' s' as provisional,
    became.name || ' after ' || to_char(extract(epoch from c.became_a_ts - c.b_ts), 'FM999,990.0') || ' s' as corrected
  from tbl_correction c
  join tbl_customer customer on customer.customer = c.b
  join tbl_agent was on was.agent = c.was_a
  join tbl_agent became on became.agent = c.became_a
  order by c.b_ts, c.b
  limit 2
)
union all
(
  select
    customer.name,
    to_char(c.b_ts at time zone 'UTC', 'FMDD Mon HH24:MI:SS'),
    case when c.was_closed_ts is not null then 'closed' else coalesce(was.name, 'nobody yet') end,
    'no session: asked before, at ' || to_char(c.cause_ts at time zone 'UTC', 'HH24:MI:SS')
  from tbl_correction c
  join tbl_customer customer on customer.customer = c.b
  left join tbl_agent was on was.agent = c.was_a
  where c.became_a is null
  order by c.b_ts, c.b
  limit 1
)
