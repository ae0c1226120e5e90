-- Compares the views of figures, by day, by agent and day, and by target in clock time and day, with a second
-- computation from the rows. No row: they agree. It reads all sessions.
--
-- Run again: yes. In a transaction: yes.

with target as (
  select name, within from response_target
  where applies_to = '{}' and calendar is null and not isfinite(valid_from) and not isfinite(valid_until)
  order by within limit 1
),
sessions as (
  select
    (s.opened_at at time zone (select time_zone from report_settings))::date as day,
    s.opened_at, s.responder_id, s.response_time, s.response_seconds, s.status,
    case when g.outside_counts or s.opened_in_business_time then s.business_seconds end as business_seconds,
    case when s.team is null then '{}' else jsonb_build_object('team', s.team) end
      || coalesce(s.labels, '{}') as labels,
    case when s.status = 'closed' then g.closed_counts else s.status <> 'open' end as counted
  from response_sessions s
  cross join report_settings g
),
of_first_target as (
  select s.*,
    s.response_time <= t.within as within,
    -- Neither running nor left out.
    t.name is not null and (
      s.counted or s.status = 'open' and s.opened_at < now() - make_interval(secs => date_part('epoch', t.within)))
      as counts
  from sessions s
  left join target t on true
),
of_days as (
  select day, null::bigint as agent_id, null::text as target, count(*) as sessions,
    count(response_seconds) as answered,
    count(*) filter (where status = 'closed') as closed,
    percentile_disc(0.5) within group (order by response_seconds) as median_seconds,
    percentile_disc(0.9) within group (order by response_seconds) as p90_seconds,
    percentile_disc(0.9) within group (order by business_seconds) as business_p90_seconds,
    count(*) filter (where within) / nullif(count(*) filter (where counts), 0)::double precision as share
  from of_first_target group by day
),
of_agents as (
  select day, responder_id, null::text, null::bigint, count(*), null::bigint,
    percentile_disc(0.5) within group (order by response_seconds),
    percentile_disc(0.9) within group (order by response_seconds),
    percentile_disc(0.9) within group (order by business_seconds),
    count(*) filter (where within) / nullif(count(*) filter (where counts), 0)::double precision
  from of_first_target where responder_id is not null group by day, responder_id
),
of_targets as (
  select s.day, null::bigint, t.name, count(*), count(s.response_seconds),
    count(*) filter (where s.status = 'closed'),
    percentile_disc(0.5) within group (order by s.response_seconds),
    percentile_disc(0.9) within group (order by s.response_seconds),
    null::double precision,
    count(*) filter (where s.response_time <= t.within) / nullif(count(*) filter (
      where s.counted
        or s.status = 'open' and s.opened_at < now() - make_interval(secs => date_part('epoch', t.within))),
      0)::double precision
  from sessions s
  join response_target t
    on t.calendar is null and s.labels @> t.applies_to and s.day between t.valid_from and t.valid_until
  group by s.day, t.name
),
reported as (
  select day, null::bigint as agent_id, null::text as target, sessions, answered, closed, median_seconds,
    p90_seconds, business_p90_seconds,
    (within_targets ->> (select name from target))::double precision as share
  from response_times_by_day where sessions > 0
  union all
  select day, agent_id, null, null, answered, null, median_seconds, p90_seconds,
    business_p90_seconds, (within_targets ->> (select name from target))::double precision
  from response_times_by_agent where answered > 0
  union all
  select day, null, target, sessions, answered, closed, median_seconds, p90_seconds, null, share
  from sla_attainment
  where sessions > 0 and target in (select name from response_target where calendar is null)
),
counted as (
  select * from of_days
  union all
  select * from of_agents
  union all
  select * from of_targets
)
select 'reported' as what, r.* from (select * from reported except select * from counted) r
union all
select 'counted', c.* from (select * from counted except select * from reported) c
order by day, agent_id, target, what
