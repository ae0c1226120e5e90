-- Who waits now and has not given up, of all days: how many, the longest wait, and the 20 longest waits. Filtered by
-- team ?, labels ? and agent ?, each null for all.
with
filter as materialized (
  select ?::text as team, jsonb_object(?::text[]) as labels, ?::bigint as agent
),
waiting as not materialized (
  select s.customer_id, s.asked_agent_id, s.opened_at, s.customer, s.asked_agent
  from response_sessions s cross join filter f
  where s.responded_at is null and s.closed_at is null and s.opened_at >= (select given_up_before(now()))
    and (f.team is null or s.team = f.team)
    and (f.labels is null or s.labels @> f.labels)
    and (f.agent is null or s.asked_agent_id = f.agent)
)
select json_build_object(
  'sessions', (select count(*) from waiting),
  'longestSeconds', (
    select greatest(date_part('epoch', now() - opened_at), 0) from waiting order by opened_at limit 1),
  'longest', (
    select coalesce(json_agg(json_build_object(
      'customer', w.customer_id::text,
      'customerName', w.customer,
      'askedAgent', w.asked_agent_id::text,
      'askedAgentName', w.asked_agent,
      'openedAt', to_char(w.opened_at at time zone g.time_zone, 'YYYY-MM-DD HH24:MI:SS'),
      'seconds', greatest(date_part('epoch', now() - w.opened_at), 0),
      'businessSeconds', business_seconds(w.opened_at, now(), g.calendar))
      order by w.opened_at, w.customer_id, w.asked_agent_id), '[]')
    from (select * from waiting order by opened_at, customer_id, asked_agent_id limit 20) w
    cross join report_settings g))
