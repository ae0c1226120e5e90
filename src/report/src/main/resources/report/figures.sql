-- The figures of the sessions that opened from day ? to day ?, filtered by team ?, labels ? and agent ?, each null for
-- all. Figures of several days are computed from their sessions, with the definitions of the views in conf/sql.
--
-- The same figures are computed of slices: of all sessions, and of each team, label value and agent that has the
-- most of them. Three columns: of all; of the slices; how many slices there would be. The last days before, as many
-- as there are in the period, are compared with it.
with
period as materialized (
  select
    p.first_day,
    p.last_day,
    b.starts_at,
    day_starts_at(p.last_day + 1, g.time_zone) as ends_at,
    b.previous_starts_at,
    -- The start of each day, to find the day of a session: faster than day_of for each session.
    array(
      select day_starts_at(p.first_day + n, g.time_zone)
      from generate_series(0, p.last_day - p.first_day) n
      order by n) as days,
    g.time_zone,
    g.conversation_gap,
    -- One conversation gap before the sessions, or earlier: an interval in seconds is at least as long as in
    -- comparisons. A moment can be looked up in an index. A gap of a century or more means all of the past.
    case
      when g.conversation_gap < '100 years' then
        b.previous_starts_at - make_interval(secs => date_part('epoch', g.conversation_gap))
      else '-infinity'
    end as since,
    g.calendar is not null as has_calendar,
    g.outside_counts,
    g.closed_counts,
    p.team,
    p.labels,
    p.agent
  from (
    select ?::date as first_day, ?::date as last_day, ?::text as team, jsonb_object(?::text[]) as labels, ?::bigint as agent) p
  cross join report_settings g
  cross join lateral (
    select
      day_starts_at(p.first_day, g.time_zone) as starts_at,
      day_starts_at(p.first_day - (p.last_day - p.first_day + 1), g.time_zone) as previous_starts_at) b
),
-- Those for all sessions.
target as (
  select row_number() over (order by within, name) as position, r.seconds, since, business_since
  from target_now()
  join target_rule r using (name)
  where r.is_for_all
),
-- When the conversations before the sessions ended, if that was less than the gap before them.
earlier as materialized (
  select v.customer_id, coalesce(v.only_agent_id, 0) as only_agent_id,
         max(coalesce(v.responded_at, v.closed_at, v.opened_at)) as ended_at
  from response_sessions v cross join period p
  where v.opened_at < p.previous_starts_at
    and (v.responded_at >= p.since or v.closed_at >= p.since
      or v.responded_at is null and v.closed_at is null and v.opened_at >= p.since)
  group by 1, 2
),
session as materialized (
  select
    s.opened_at >= p.starts_at as is_current,
    width_bucket(s.opened_at, p.days) - 1 as day,
    (date_part('isodow', p.first_day + width_bucket(s.opened_at, p.days) - 1) - 1) * 24
      + date_part('hour', s.opened_at at time zone p.time_zone) as hour_of_week,
    s.customer_id,
    s.only_agent_id,
    s.asked_agent_id,
    s.responder_id,
    coalesce(s.responder_id, s.asked_agent_id) as agent_id,
    coalesce(s.team, '') as team,
    coalesce(s.labels, '{}') as labels,
    s.final,
    s.opened_at,
    s.status,
    s.response_seconds,
    date_part('epoch', coalesce(s.responded_at, s.closed_at, greatest(now(), s.opened_at)) - s.opened_at) as waited_seconds,
    case when p.outside_counts or s.opened_in_business_time then s.business_seconds end as business_seconds,
    s.opened_in_business_time,
    p.closed_counts or s.status <> 'closed' as counts,
    case when p.has_calendar then (p.outside_counts or s.opened_in_business_time)
      and (p.closed_counts or s.status <> 'closed') end as business_counts,
    coalesce(s.opened_at - s.previous_ended_at > p.conversation_gap, true) as is_first_reply
  from period p
  cross join lateral (
    -- Of all sessions, whatever the filter: the reply before may be another team's.
    select
      v.customer_id, v.only_agent_id, v.asked_agent_id, v.responder_id, v.team, v.labels, v.final,
      v.opened_at, v.responded_at, v.closed_at, v.status, v.response_seconds, v.business_seconds,
      v.opened_in_business_time,
      coalesce(
        lag(coalesce(v.responded_at, v.closed_at, v.opened_at))
          over (partition by v.customer_id, v.only_agent_id order by v.opened_at),
        e.ended_at) as previous_ended_at
    from response_sessions v
    left join earlier e
      on e.customer_id = v.customer_id and e.only_agent_id = coalesce(v.only_agent_id, 0)
    where v.opened_at >= p.previous_starts_at and v.opened_at < p.ends_at) s
  where (p.team is null or s.team = p.team)
    and (p.labels is null or s.labels @> p.labels)
    and (p.agent is null or coalesce(s.responder_id, s.asked_agent_id) = p.agent)
),
label_set as materialized (
  select labels, count(*) filter (where is_current) as sessions from session group by labels
),
label_value as materialized (
  select l.name, l.value, sum(s.sessions) as sessions,
    row_number() over (partition by l.name order by sum(s.sessions) desc, l.value) as position
  from label_set s cross join lateral jsonb_each_text(s.labels) l (name, value)
  where s.sessions > 0
  group by l.name, l.value
),
-- A label of most sessions with a million values, such as the number of an order, has no slices.
label_name as materialized (
  select name, count(*) as values_of_it,
    case when name = 'channel' or 2 * sum(sessions) filter (where position <= 8) >= sum(sessions) then
      row_number() over (
        order by name = 'channel' desc,
          2 * sum(sessions) filter (where position <= 8) >= sum(sessions) desc, sum(sessions) desc, name)
    end as position
  from label_value
  group by name
),
team as materialized (
  select team, count(*) as sessions, row_number() over (order by count(*) desc, team) as position
  from session where is_current group by team
),
agent as materialized (
  select agent_id, count(*) as sessions, row_number() over (order by count(*) desc, agent_id) as position
  from session where is_current and agent_id is not null group by agent_id
),
slice as materialized (
  select row_number() over (order by s.place, s.name_position, s.position) - 1 as slice, s.*,
    -- Hours of the week and agents make a page large: labels and agents are without. A single day is drawn by its hours.
    s.place <= 1 or p.first_day = p.last_day as is_detailed
  from (
    select 0 as place, 'all' as by, null as name, null as value, null::bigint as agent_id, 0 as name_position, 0 as position
    union all
    select 1, 'team', null, team, null, 0, position from team where position <= 12
    union all
    select 2, 'label', v.name, v.value, null, n.position, v.position
    from label_value v join label_name n using (name)
    where n.position <= 3 and v.position <= 8
    union all
    -- Sessions without the label.
    select 2, 'label', n.name, null, null, n.position, null from label_name n where n.position <= 3
    union all
    select 3, 'agent', null, null, agent_id, 0, position from agent where position <= 24) s
  cross join period p
),
member as materialized (
  select 0::bigint as slice, true as is_detailed, s.* from session s
  union all
  select d.slice, d.is_detailed, s.* from session s join slice d on d.by = 'team' and d.value = s.team
  union all
  select d.slice, d.is_detailed, s.*
  from session s
  cross join (select distinct name from slice where by = 'label') n
  join slice d on d.by = 'label' and d.name = n.name and d.value is not distinct from s.labels ->> n.name
  union all
  select d.slice, d.is_detailed, s.* from session s join slice d on d.by = 'agent' and d.agent_id = s.agent_id
),
figure as materialized (
  select
    m.slice,
    k.kind,
    k.key,
    count(*) as sessions,
    count(m.response_seconds) as answered,
    count(*) filter (where m.status = 'closed') as closed,
    count(*) filter (where not m.final) as not_final,
    -- Of these are shares and percentiles of all; those that are running are not yet in the shares.
    count(*) filter (where m.counts) as counted,
    coalesce(array_agg(m.opened_at order by m.opened_at) filter (where m.status = 'open'), '{}') as waiting_since,
    -- Sorted, as in the views: waits[n] is the nth, and width_bucket(t, waits) is the number of those up to t.
    coalesce(array_agg(m.response_seconds order by m.response_seconds)
      filter (where m.response_seconds is not null), '{}') as waits,
    avg(m.response_seconds) as mean_seconds,
    coalesce(array_agg(m.business_seconds order by m.business_seconds)
      filter (where m.business_seconds is not null), '{}') as business_waits,
    avg(m.business_seconds) as business_mean_seconds,
    count(*) filter (where m.business_counts) as business_counted,
    coalesce(array_agg(m.opened_at order by m.opened_at) filter (where m.business_counts and m.status = 'open'), '{}')
      as business_waiting_since
  from member m
  -- A key is unique within its kind.
  cross join lateral (values
    (case when m.is_current then 'total' else 'previous' end collate "C", 0::bigint, true),
    ('day', m.day::bigint, m.is_current),
    ('hour', m.hour_of_week::bigint, m.is_current and m.is_detailed),
    ('responder', m.responder_id, m.is_current and m.is_detailed and m.responder_id is not null),
    ('first reply', m.is_first_reply::integer::bigint, m.is_current),
    ('business time', m.opened_in_business_time::integer::bigint,
      m.is_current and m.opened_in_business_time is not null)) k (kind, key, is_wanted)
  where k.is_wanted
  group by m.slice, k.kind, k.key
),
counted as (
  select f.*, c.within, c.counted_of
  from (
    select * from figure
    union all
    -- Of no session there are figures too.
    select 0, 'total', 0, 0, 0, 0, 0, 0, '{}', '{}', null, '{}', null, 0, '{}'
    where not exists (select from figure where slice = 0 and kind = 'total')) f
  cross join lateral (
    select
      coalesce(json_agg(width_bucket(t.seconds, f.waits) order by t.position), '[]') as within,
      -- How many sessions each share is of.
      coalesce(json_agg(f.counted - running(t.since, f.waiting_since) order by t.position), '[]') as counted_of
    from target t) c
),
reported as materialized (
  select
    f.slice,
    f.kind,
    f.key,
    f.sessions,
    f.answered,
    case when f.slice > 0 and f.kind in ('day', 'hour') then
      json_build_object(
        'sessions', f.sessions,
        'answered', f.answered,
        'unanswered', f.sessions - f.answered - f.closed,
        'closed', f.closed,
        'counted', f.counted,
        'median', f.waits[((f.answered * 50 + 99) / 100)::integer],
        'p90', f.waits[((f.answered * 90 + 99) / 100)::integer],
        'within', f.within,
        'of', f.counted_of)
    else
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
        'within', f.within,
        'of', f.counted_of,
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
            from target t)) end)
    end as figures
  from counted f
  cross join period p
),
asked as (
  select slice, asked_agent_id as agent_id, count(*) as asked,
         count(*) filter (where status = 'open') as asked_unanswered,
         count(*) filter (where status = 'closed') as asked_closed
  from member
  where is_current and is_detailed and asked_agent_id is not null
  group by slice, asked_agent_id
),
-- All agents of all sessions, and those of a team who answered the most.
agent_row as materialized (
  select slice, r.key as responder_id, agent_id, r.sessions, a.asked, a.asked_unanswered, a.asked_closed, r.figures,
    row_number() over (partition by slice order by coalesce(r.sessions, 0) desc, agent_id) as position
  from (select slice, key as agent_id, key, sessions, figures from reported where kind = 'responder') r
  full join asked a using (slice, agent_id)
),
bracket as (
  select row_number() over (order by up_to) as position, more_than, up_to
  from (
    select lag(up_to) over (order by up_to) as more_than, up_to from response_bracket
    union all
    select max(up_to), null from response_bracket) limits
),
longest as (
  select m.slice, json_agg(json_build_object(
    'customer', m.customer_id::text,
    'customerName', coalesce(c.name, c.id),
    'onlyAgent', m.only_agent_id::text,
    'openedAt', to_char(m.opened_at at time zone p.time_zone, 'YYYY-MM-DD HH24:MI:SS'),
    -- Exact, as in the key of the table.
    'openedAtUtc', to_char(m.opened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'askedAgent', m.asked_agent_id::text,
    'askedAgentName', coalesce(w.name, w.id),
    'responder', m.responder_id::text,
    'responderName', coalesce(r.name, r.id),
    'team', nullif(m.team, ''),
    'labels', m.labels,
    'status', m.status,
    'seconds', m.waited_seconds) order by m.position) as sessions
  from (
    select m.*, row_number() over (
      partition by m.slice order by m.waited_seconds desc, m.opened_at, m.customer_id, m.only_agent_id) as position
    from member m where m.is_current and m.counts) m
  cross join period p
  left join tbl_customer c on c.customer = m.customer_id
  left join tbl_agent w on w.agent = m.asked_agent_id
  left join tbl_agent r on r.agent = m.responder_id
  where m.position <= 10
  group by m.slice
),
described as materialized (
  select d.slice, d.place, json_build_object(
    'by', d.by,
    'name', d.name,
    -- Null for sessions without the label, or of agents in no team. Ids are text: a number in JavaScript has 53 bits.
    'value', coalesce(nullif(d.value, ''), d.agent_id::text),
    'agentName', (select coalesce(a.name, a.id) from tbl_agent a where a.agent = d.agent_id),
    'total', t.figures,
    'previous', b.figures,
    'days', (
      select coalesce(json_agg(json_build_object('day', p.first_day + n, 'figures', f.figures) order by n), '[]')
      from generate_series(0, p.last_day - p.first_day) n
      left join reported f on f.slice = d.slice and f.kind = 'day' and f.key = n),
    'hours', case when d.is_detailed then (
      select coalesce(json_agg(json_build_object(
        'weekday', f.key / 24 + 1, 'hour', f.key % 24, 'figures', f.figures) order by f.key), '[]')
      from reported f where f.slice = d.slice and f.kind = 'hour') end,
    'firstReplies', (
      select f.figures from reported f where f.slice = d.slice and f.kind = 'first reply' and f.key = 1),
    'laterReplies', (
      select f.figures from reported f where f.slice = d.slice and f.kind = 'first reply' and f.key = 0),
    'inBusinessTime', (
      select f.figures from reported f where f.slice = d.slice and f.kind = 'business time' and f.key = 1),
    'outsideBusinessTime', (
      select f.figures from reported f where f.slice = d.slice and f.kind = 'business time' and f.key = 0),
    'agentCount', (select count(*) from agent_row a where a.slice = d.slice),
    'agents', case when d.is_detailed then (
      select coalesce(json_agg(json_build_object(
        'agent', a.agent_id::text,
        'name', coalesce(n.name, n.id),
        'asked', coalesce(a.asked, 0),
        'askedUnanswered', coalesce(a.asked_unanswered, 0),
        'askedClosed', coalesce(a.asked_closed, 0),
        'figures', a.figures)
        order by a.position), '[]')
      from agent_row a
      left join tbl_agent n on n.agent = a.agent_id
      where a.slice = d.slice and (d.slice = 0 or a.position <= 25)) end,
    'brackets', (
      select json_agg(json_build_object(
        'moreThan', date_part('epoch', b.more_than),
        'upTo', date_part('epoch', b.up_to),
        -- The sessions up to this limit, less those up to the limit before.
        'sessions', coalesce(width_bucket(date_part('epoch', b.up_to), w.waits), cardinality(w.waits))
          - coalesce(width_bucket(date_part('epoch', b.more_than), w.waits), 0))
        order by b.position)
      from bracket b
      cross join (
        select coalesce((select f.waits from figure f where f.slice = d.slice and f.kind = 'total'), '{}') as waits) w),
    'longest', coalesce(l.sessions, '[]')) as figures
  from slice d
  cross join period p
  left join reported t on t.slice = d.slice and t.kind = 'total'
  left join reported b on b.slice = d.slice and b.kind = 'previous'
  left join longest l on l.slice = d.slice
  -- A label that no session lacks.
  where d.slice = 0 or t.sessions > 0
)
select
  (select figures from described where slice = 0),
  (select coalesce(json_agg(figures order by slice), '[]') from described where slice > 0),
  json_build_object(
    'teams', (select count(*) from team),
    'agents', (select count(*) from agent),
    'labels', (
      select coalesce(json_agg(json_build_object('name', name, 'values', values_of_it) order by position), '[]')
      from label_name where position <= 3),
    'labelNames', (select count(*) from label_name))
