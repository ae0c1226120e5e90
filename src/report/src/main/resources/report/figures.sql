-- The figures of the sessions that opened from day ? to day ?. Figures of several days are computed from
-- their sessions, with the definitions of the views in conf/sql, which have single days.
with
period as materialized (
  select
    p.first_day,
    p.last_day,
    day_starts_at(p.first_day, g.time_zone) as starts_at,
    day_starts_at(p.last_day + 1, g.time_zone) as ends_at,
    -- The start of each day, to find the day of a session: faster than day_of for each session.
    array(
      select day_starts_at(p.first_day + n, g.time_zone)
      from generate_series(0, p.last_day - p.first_day) n
      order by n) as days,
    g.time_zone,
    g.conversation_gap,
    -- One conversation gap before the period, or earlier: an interval in seconds is at least as long as in
    -- comparisons. A moment can be looked up in an index. A gap of a century or more means all of the past.
    case
      when g.conversation_gap < '100 years' then
        day_starts_at(p.first_day, g.time_zone)
          - make_interval(secs => date_part('epoch', g.conversation_gap))
      else '-infinity'
    end as since,
    g.calendar is not null as has_calendar,
    g.outside_counts,
    g.closed_counts
  from (select ?::date as first_day, ?::date as last_day) p
  cross join report_settings g
),
-- Those for all sessions.
target as (
  select row_number() over (order by within, name) as position, r.seconds, since, business_since
  from target_now()
  join target_rule r using (name)
  where r.is_for_all
),
-- When the conversations before the period ended, if that was less than the gap before it.
earlier as materialized (
  select v.customer_id, coalesce(v.only_agent_id, 0) as only_agent_id,
         max(coalesce(v.responded_at, v.closed_at, v.opened_at)) as ended_at
  from response_sessions v cross join period p
  where v.opened_at < p.starts_at
    and (v.responded_at >= p.since or v.closed_at >= p.since
      or v.responded_at is null and v.closed_at is null and v.opened_at >= p.since)
  group by 1, 2
),
session as materialized (
  select
    o.day,
    date_part('isodow', o.day)::integer as weekday,
    date_part('hour', v.opened_at at time zone p.time_zone)::integer as hour,
    v.asked_agent_id,
    v.responder_id,
    v.final,
    v.opened_at,
    v.status,
    v.response_seconds,
    case when p.outside_counts or v.opened_in_business_time then v.business_seconds end as business_seconds,
    p.closed_counts or v.status <> 'closed' as counts,
    case when p.has_calendar then (p.outside_counts or v.opened_in_business_time)
      and (p.closed_counts or v.status <> 'closed') end as business_counts,
    coalesce(
      v.opened_at - coalesce(
        lag(coalesce(v.responded_at, v.closed_at, v.opened_at))
          over (partition by v.customer_id, v.only_agent_id order by v.opened_at),
        e.ended_at)
      > p.conversation_gap,
      true) as is_first_reply
  from period p
  join response_sessions v on v.opened_at >= p.starts_at and v.opened_at < p.ends_at
  cross join lateral (select p.first_day + width_bucket(v.opened_at, p.days) - 1 as day) o
  left join earlier e
    on e.customer_id = v.customer_id and e.only_agent_id = coalesce(v.only_agent_id, 0)
),
-- The same figures of the period, of each day, hour of the week and responder, and of first and later
-- replies. A key is unique within its kind.
figure as (
  select
    grouping(day, weekday, responder_id, is_first_reply) as kind,
    coalesce(day::text, weekday || ' ' || hour, responder_id::text, is_first_reply::text, '') as key,
    count(*) as sessions,
    count(response_seconds) as answered,
    count(*) filter (where status = 'closed') as closed,
    count(*) filter (where not final) as not_final,
    -- Of these are shares and percentiles of all; those that are running are not yet in the shares.
    count(*) filter (where counts) as counted,
    coalesce(array_agg(opened_at order by opened_at) filter (where status = 'open'), '{}') as waiting_since,
    -- Sorted, as in the views: waits[n] is the nth, and width_bucket(t, waits) is the number of those up to t.
    coalesce(array_agg(response_seconds order by response_seconds)
      filter (where response_seconds is not null), '{}') as waits,
    avg(response_seconds) as mean_seconds,
    coalesce(array_agg(business_seconds order by business_seconds)
      filter (where business_seconds is not null), '{}') as business_waits,
    avg(business_seconds) as business_mean_seconds,
    count(*) filter (where business_counts) as business_counted,
    coalesce(array_agg(opened_at order by opened_at) filter (where business_counts and status = 'open'), '{}')
      as business_waiting_since
  from session
  group by grouping sets ((), (day), (weekday, hour), (responder_id), (is_first_reply))
),
reported as (
  select
    f.kind,
    f.key,
    f.sessions,
    json_build_object(
      'sessions', f.sessions,
      'answered', f.answered,
      'unanswered', f.sessions - f.answered - f.closed,
      'closed', f.closed,
      'counted', f.counted,
      'notFinal', f.not_final,
      'median', f.waits[((f.answered * 50 + 99) / 100)::integer],
      'p90', f.waits[((f.answered * 90 + 99) / 100)::integer],
      'p95', f.waits[((f.answered * 95 + 99) / 100)::integer],
      'medianOfAll', f.waits[((f.counted * 50 + 99) / 100)::integer],
      'p90OfAll', f.waits[((f.counted * 90 + 99) / 100)::integer],
      'p95OfAll', f.waits[((f.counted * 95 + 99) / 100)::integer],
      'mean', f.mean_seconds,
      'within', (
        select coalesce(json_agg(width_bucket(t.seconds, f.waits) order by t.position), '[]') from target t),
      -- How many sessions each share is of.
      'of', (
        select coalesce(json_agg(f.counted - running(t.since, f.waiting_since) order by t.position), '[]')
        from target t),
      'business', case when p.has_calendar then json_build_object(
        'median', f.business_waits[(cardinality(f.business_waits) * 50 + 99) / 100],
        'p90', f.business_waits[(cardinality(f.business_waits) * 90 + 99) / 100],
        'p95', f.business_waits[(cardinality(f.business_waits) * 95 + 99) / 100],
        'mean', f.business_mean_seconds,
        'within', (
          select coalesce(json_agg(width_bucket(t.seconds, f.business_waits) order by t.position), '[]')
          from target t),
        'of', (
          select coalesce(json_agg(
            f.business_counted - running(t.business_since, f.business_waiting_since) order by t.position), '[]')
          from target t)) end) as figures
  from figure f
  cross join period p
),
asked as (
  select asked_agent_id as agent_id, count(*) as asked,
         count(*) filter (where status = 'open') as asked_unanswered,
         count(*) filter (where status = 'closed') as asked_closed
  from session
  where asked_agent_id is not null
  group by asked_agent_id
),
bracket as (
  select row_number() over (order by up_to) as position, more_than, up_to
  from (
    select lag(up_to) over (order by up_to) as more_than, up_to from response_bracket
    union all
    select max(up_to), null from response_bracket) limits
)
select json_build_object(
  -- A kind is a bit mask of the columns that it is not grouped by, as grouping() returns it.
  'total', (select figures from reported where kind = 15),
  'days', (
    select coalesce(json_agg(json_build_object('day', d.day, 'figures', t.figures) order by d.day), '[]')
    from (select p.first_day + n as day
          from period p cross join generate_series(0, p.last_day - p.first_day) n) d
    left join reported t on t.kind = 7 and t.key = d.day::text),
  'hours', (
    select coalesce(json_agg(json_build_object(
      'weekday', split_part(key, ' ', 1)::integer,
      'hour', split_part(key, ' ', 2)::integer,
      'figures', figures) order by key), '[]')
    from reported where kind = 11),
  'firstReplies', (select figures from reported where kind = 14 and key = 'true'),
  'laterReplies', (select figures from reported where kind = 14 and key = 'false'),
  -- Ids are text: a number in JavaScript has 53 bits.
  'agents', (
    select coalesce(json_agg(json_build_object(
      'agent', coalesce(t.key, a.agent_id::text),
      'name', coalesce(n.name, n.id),
      'asked', coalesce(a.asked, 0),
      'askedUnanswered', coalesce(a.asked_unanswered, 0),
      'askedClosed', coalesce(a.asked_closed, 0),
      'figures', t.figures)
      order by coalesce(t.sessions, 0) desc, coalesce(t.key::bigint, a.agent_id)), '[]')
    from (select * from reported where kind = 13 and key <> '') t
    full join asked a on a.agent_id::text = t.key
    left join tbl_agent n on n.agent = coalesce(t.key::bigint, a.agent_id)),
  'brackets', (
    select json_agg(json_build_object(
      'moreThan', date_part('epoch', b.more_than),
      'upTo', date_part('epoch', b.up_to),
      -- The sessions up to this limit, less those up to the limit before.
      'sessions', coalesce(width_bucket(date_part('epoch', b.up_to), f.waits), f.answered)
        - coalesce(width_bucket(date_part('epoch', b.more_than), f.waits), 0))
      order by b.position)
    from bracket b cross join (select waits, answered from figure where kind = 15) f))
