-- Who waits now, of all days: how many, the longest wait, and the 20 longest waits.
select json_build_object(
  'sessions', (
    select count(*) from response_sessions
    where responded_at is null and closed_at is null and opened_at >= (select given_up_before(now()))),
  'longestSeconds', (select waiting_seconds from waiting_now order by opened_at limit 1),
  'longest', (
    select coalesce(json_agg(json_build_object(
      'customer', w.customer_id::text,
      'customerName', w.customer,
      'askedAgent', w.asked_agent_id::text,
      'askedAgentName', w.asked_agent,
      'openedAt', to_char(w.opened_at at time zone g.time_zone, 'YYYY-MM-DD HH24:MI:SS'),
      'seconds', w.waiting_seconds,
      'businessSeconds', w.business_seconds)
      order by w.opened_at, w.customer_id, w.asked_agent_id), '[]')
    from (
      select customer_id, asked_agent_id, opened_at, waiting_seconds, business_seconds, customer, asked_agent
      from waiting_now order by opened_at, customer_id, asked_agent_id limit 20) w
    cross join report_settings g))
