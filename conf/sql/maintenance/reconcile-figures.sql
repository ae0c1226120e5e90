-- Compares the views of figures, by day and by agent and day, with a second computation from the rows. No row:
-- they agree. It reads all sessions.
--
-- Run again: yes. In a transaction: yes.

with sessions as (
  select
    (s.opened_at at time zone (select time_zone from report_settings))::date as day,
    s.responder_id, s.response_seconds, s.status,
    case when g.outside_counts or s.opened_in_business_time then s.business_seconds end as business_seconds,
    s.response_time <= t.within as within,
    -- Neither running nor left out.
    case s.status
      when 'answered' then true
      when 'closed' then g.closed_counts
      else s.opened_at < now() - make_interval(secs => date_part('epoch', t.within))
    end as counted
  from response_sessions s
  cross join report_settings g
  left join (select min(within) as within from response_target) t on true
),
of_days as (
  select day, null::bigint as agent_id, count(*) as sessions, count(response_seconds) as answered,
    count(*) filter (where status = 'closed') as closed,
    percentile_disc(0.5) within group (order by response_seconds) as median_seconds,
    percentile_disc(0.9) within group (order by response_seconds) as p90_seconds,
    percentile_disc(0.9) within group (order by business_seconds) as business_p90_seconds,
    count(*) filter (where within) / nullif(count(*) filter (where counted), 0)::double precision as shortest_target
  from sessions group by day
),
of_agents as (
  select day, responder_id, null::bigint, count(*), null::bigint,
    percentile_disc(0.5) within group (order by response_seconds),
    percentile_disc(0.9) within group (order by response_seconds),
    percentile_disc(0.9) within group (order by business_seconds),
    count(*) filter (where within) / count(*)::double precision
  from sessions where responder_id is not null group by day, responder_id
),
target as (
  select name from response_target order by within limit 1
),
reported as (
  select day, null::bigint as agent_id, sessions, answered, closed, median_seconds, p90_seconds,
    business_p90_seconds, (within_targets ->> (select name from target))::double precision as shortest_target
  from response_times_by_day where sessions > 0
  union all
  select day, agent_id, null, answered, null, median_seconds, p90_seconds,
    business_p90_seconds, (within_targets ->> (select name from target))::double precision
  from response_times_by_agent where answered > 0
),
counted as (
  select * from of_days
  union all
  select * from of_agents
)
select 'reported' as what, r.* from (select * from reported except select * from counted) r
union all
select 'counted', c.* from (select * from counted except select * from reported) c
order by day, agent_id, what
