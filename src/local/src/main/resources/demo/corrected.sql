(
  select
    b as customer,
    to_char(b_ts at time zone 'UTC', 'FMDD Mon HH24:MI:SS') as asked,
    'agent ' || was_a || ' after ' || to_char(extract(epoch from was_a_ts - b_ts), 'FM999,990.0') || ' s' as provisional,
    'agent ' || became_a || ' after ' || to_char(extract(epoch from became_a_ts - b_ts), 'FM999,990.0') || ' s' as corrected
  from tbl_correction
  where was_a_ts is not null and became_a_ts is not null
  order by b_ts, b
  limit 2
)
union all
(
  select
    b,
    to_char(b_ts at time zone 'UTC', 'FMDD Mon HH24:MI:SS'),
    case when was_closed_ts is not null then 'closed' when was_a = -1 then 'nobody yet' else 'agent ' || was_a end,
    'no session: asked before, at ' || to_char(cause_ts at time zone 'UTC', 'HH24:MI:SS')
  from tbl_correction
  where became_a is null
  order by b_ts, b
  limit 1
)
