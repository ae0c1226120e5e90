-- The figures of support leads, computed from response_sessions: views to read, and functions for any period. A
-- figure belongs to the day or hour, in the time zone of report_settings, in which its sessions opened. Filter
-- by day: only the days in the filter are computed.
--
-- Percentiles are nearest-rank: P90 is the shortest real response time that covers at least 90 % of the
-- answered sessions. So "P90 is within the target" and "at least 90 % are within it" are the same
-- statement. Percentiles "of all" count unanswered sessions as never answered. If too few were answered,
-- they are null.
--
-- A session is answered, unanswered (it waits), or closed without an answer. Closed ones are counted beside the
-- others. Only with report_settings.closed_counts they are in shares and percentiles of all, and have missed
-- every target: "counted" is the number of sessions that these are of.
--
-- session_figures computes all of them from the rows. Four views call it for each period that is not stored:
-- figures_of_rows, agent_figures_of_rows, team_figures_of_rows, clock_hour_figures_of_rows. With
-- optional/rollups.sql the others come from tables.
--
-- The planner sees calls of functions with a fixed cost, and no work in them. So it never compiles them
-- (PostgreSQL's JIT), which would take longer than the query. "offset 0" prevents PostgreSQL from computing a
-- value again for each use.
--
-- Run again: no. In a transaction: yes.

create function dates_between(first_date date, last_date date, step interval)
returns table (day date)
-- Not in language sql, where PostgreSQL would expect a thousand rows of generate_series.
language plpgsql stable strict parallel safe cost 10 rows 10
as $$
begin
  return query
  select t::date from generate_series(first_date::timestamp, last_date::timestamp, step) t;
end
$$;

comment on function dates_between(date, date, interval) is 'Internal: the dates from the first to the last, in steps.';

create view reporting_periods as
select
  p.grain,
  p.day,
  day_starts_at(p.day, g.time_zone) as starts_at,
  day_starts_at(p.next_day, g.time_zone) as ends_at
from report_settings g
cross join lateral (
  -- From the table: an index gives the ends of a table, and not those of a view with joins.
  select day_of((select min(b_ts) from tbl_result), g.time_zone) as first_day,
         day_of((select max(b_ts) from tbl_result), g.time_zone) as last_day) f
cross join lateral (
  select 'day' as grain, day, day + 1 as next_day from dates_between(f.first_day, f.last_day, '1 day')
  union all
  select 'week', day, day + 7
  from dates_between(date_trunc('week', f.first_day::timestamp)::date, f.last_day, '7 days')
  union all
  select 'month', day, (day + interval '1 month')::date
  from dates_between(date_trunc('month', f.first_day::timestamp)::date, f.last_day, '1 month')) p;

comment on view reporting_periods is 'Internal: every day, week and month from the first session to the last, also those without sessions.';

create view reporting_days as
select day, starts_at, ends_at from reporting_periods where grain = 'day';

comment on view reporting_days is 'Every day from the first session to the last, also days without sessions.';
comment on column reporting_days.day is 'The day, in the time zone of report_settings.';
comment on column reporting_days.starts_at is 'Its first moment.';
comment on column reporting_days.ends_at is 'The first moment of the next day.';

create view waiting_now as
select
  customer_id,
  asked_agent_id,
  opened_at,
  greatest(now() - opened_at, interval '0') as waiting_time,
  greatest(date_part('epoch', now() - opened_at), 0) as waiting_seconds,
  (select date_part('epoch', greatest(
     least(now(), c.closes[width_bucket(now(), c.opens)]) - c.ahead[width_bucket(now(), c.opens)]
     - (least(opened_at, c.closes[width_bucket(opened_at, c.opens)]) - c.ahead[width_bucket(opened_at, c.opens)]),
     interval '0'))
   from session_clock c) as business_seconds,
  customer,
  asked_agent,
  team
from response_sessions
where responded_at is null and closed_at is null
order by opened_at, customer_id, asked_agent_id;

comment on view waiting_now is 'Who waits for an answer, and for how long; the longest wait first.';
comment on column waiting_now.customer_id is 'The customer.';
comment on column waiting_now.asked_agent_id is 'The agent whom the first unanswered message was written to.';
comment on column waiting_now.opened_at is 'When that message was sent.';
comment on column waiting_now.waiting_time is 'How long the customer has waited by now.';
comment on column waiting_now.waiting_seconds is 'The same in seconds.';
comment on column waiting_now.business_seconds is 'The part of it in business time, in seconds; null without a calendar.';
comment on column waiting_now.customer is 'The name of the customer, or the id if ids are texts and there is no name; null if neither is known.';
comment on column waiting_now.asked_agent is 'The name or id of the agent whom that message was written to, likewise.';
comment on column waiting_now.team is 'The team of that agent when the session opened; null if in none.';

create function queue_at(moment timestamptz)
returns bigint
-- Not in language sql: the planner needs the value of the moment. Two counts, each with an index of its own.
language plpgsql stable strict parallel safe
set search_path from current
as $$
begin
  return
    (select count(*) from response_sessions s
     where s.opened_at <= moment and (s.responded_at > moment or s.closed_at > moment))
    + (select count(*) from response_sessions s
       where s.opened_at <= moment and s.responded_at is null and s.closed_at is null);
end
$$;

comment on function queue_at(timestamptz) is 'How many sessions were waiting at a moment: opened by then, and answered or closed later or not yet.';

create function queue_at_each(moments timestamptz[])
returns table (at timestamptz, waiting bigint)
-- In one pass: the sessions that waited at the first moment, and those that opened or ended between
-- one moment and the next.
language plpgsql stable strict parallel safe
set search_path from current
set plan_cache_mode = force_custom_plan
as $$
declare
  tick constant interval := '1 microsecond';
  ordered constant timestamptz[] := array(
    select distinct m from unnest(moments) m where m is not null order by m);
  earliest constant timestamptz := ordered[1];
  latest constant timestamptz := ordered[cardinality(ordered)];
begin
  return query
  with change as (
    -- width_bucket(t - tick, ordered) is the number of moments before t.
    select e.passed, sum(e.more) as more
    from (
      select s.opened_at, coalesce(s.responded_at, s.closed_at) as ended_at
      from response_sessions s
      where s.opened_at <= latest and (s.responded_at > earliest or s.closed_at > earliest)
      union all
      select s.opened_at, null
      from response_sessions s
      where s.opened_at > earliest and s.opened_at <= latest
        and s.responded_at is null and s.closed_at is null) s
    cross join lateral (values
      (width_bucket(s.opened_at - tick, ordered), 1),
      (width_bucket(s.ended_at - tick, ordered), -1)) e (passed, more)
    group by e.passed
    union all
    select 0, count(*)
    from response_sessions s
    where s.opened_at <= earliest and s.responded_at is null and s.closed_at is null)
  select m.moment, sum(sum(c.more)) over (order by m.moment)::bigint
  from unnest(ordered) with ordinality m (moment, n)
  left join change c on c.passed = m.n - 1
  group by m.moment
  order by m.moment;
end
$$;

comment on function queue_at_each(timestamptz[]) is 'queue_at of many moments at once: one row for each distinct moment, in order.';

create function replies(starts_at timestamptz, ends_at timestamptz)
returns table (
  customer_id bigint, opened_at timestamptz, asked_agent_id bigint, only_agent_id bigint,
  responder_id bigint, responded_at timestamptz, response_seconds double precision,
  is_first_reply boolean, status text)
-- In one pass: it reads sessions back to one conversation gap before the period. A session that ended before
-- that makes the next one a first reply, as no session does.
language plpgsql stable strict parallel safe
set search_path from current
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
  gap constant interval := (select conversation_gap from report_settings);
  -- An interval in seconds is at least as long as in comparisons. A gap of a century or more means all of
  -- the past.
  since constant timestamptz := case
    when gap < '100 years' then starts_at - make_interval(secs => date_part('epoch', gap))
    else '-infinity' end;
begin
  return query
  select
    s.customer_id, s.opened_at, s.asked_agent_id, s.only_agent_id,
    s.responder_id, s.responded_at, s.response_seconds,
    coalesce(s.opened_at - s.previous_ended_at > gap, true), s.status
  from (
    select
      s.customer_id, s.opened_at, s.asked_agent_id, s.only_agent_id,
      s.responder_id, s.responded_at, s.response_seconds, s.status,
      lag(coalesce(s.responded_at, s.closed_at, s.opened_at)) over (
        partition by s.customer_id, s.only_agent_id order by s.opened_at) as previous_ended_at
    from response_sessions s
    where s.opened_at < replies.ends_at
      and (s.responded_at >= since or s.closed_at >= since
        or s.responded_at is null and s.closed_at is null and s.opened_at >= since)) s
  where s.opened_at >= replies.starts_at;
end
$$;

comment on function replies(timestamptz, timestamptz) is 'The rows of response_sessions that opened from starts_at to ends_at, exclusive. Computes is_first_reply of many sessions faster than the view.';

-- One pass over the sessions that opened from the first of the moments to the last, exclusive, which it groups by
-- the period between one moment and the next, and by what "by" names. Times are sorted: waits[n] is the nth, and
-- width_bucket(t, waits) is the number of times that are at most t. What "by" does not name is null, and costs
-- nothing: each call has a plan of its own, from which PostgreSQL leaves it out.
create function session_figures(moments timestamptz[], by text[], in_business_time boolean)
returns table (
  period integer, team text, agent_id bigint, asked_agent_id bigint, is_first_reply boolean,
  opened_in_business_time boolean, hour integer,
  sessions bigint, answered bigint, closed bigint, counted bigint,
  total_seconds double precision, mean_seconds double precision,
  answered_at_rank double precision[], all_at_rank double precision[],
  within jsonb, up_to integer[], waiting_since timestamptz[],
  sessions_in_business_time bigint, business_sessions bigint, business_mean_seconds double precision,
  business_at_rank double precision[], business_within jsonb, business_waiting_since timestamptz[])
language plpgsql stable parallel safe cost 1000 rows 10
set search_path from current
set plan_cache_mode = force_custom_plan
set jit = off
as $$
#variable_conflict use_column
declare
  starts_at constant timestamptz := moments[1];
  ends_at constant timestamptz := moments[cardinality(moments)];
  one_period constant boolean := cardinality(moments) = 2;
  zone constant text := (select g.time_zone from report_settings g);
  business constant boolean := in_business_time and (select g.calendar is not null from report_settings g);
  outside_counts constant boolean := (select g.outside_counts from report_settings g);
  closed_counts constant boolean := (select g.closed_counts from report_settings g);
  first_replies constant boolean := 'first_reply' = any(by);
  gap constant interval := (select g.conversation_gap from report_settings g);
  -- As in replies().
  since constant timestamptz := case
    when gap < '100 years' then starts_at - make_interval(secs => date_part('epoch', gap))
    else '-infinity' end;
begin
  return query
  select
    f.period, f.team, f.agent_id, f.asked_agent_id, f.is_first_reply, f.opened_in_business_time, f.hour,
    f.sessions, f.answered, f.closed, f.counted, f.total_seconds, f.mean_seconds,
    array[
      f.waits[((f.answered * 50 + 99) / 100)::integer],
      f.waits[((f.answered * 90 + 99) / 100)::integer],
      f.waits[((f.answered * 95 + 99) / 100)::integer]],
    array[
      f.waits[((f.counted * 50 + 99) / 100)::integer],
      f.waits[((f.counted * 90 + 99) / 100)::integer],
      f.waits[((f.counted * 95 + 99) / 100)::integer]],
    (select jsonb_object_agg(t.name, width_bucket(date_part('epoch', t.within), f.waits))
     from response_target t),
    (select array_agg(width_bucket(date_part('epoch', b.up_to), f.waits) order by b.up_to)
     from response_bracket b),
    f.waiting_since,
    f.sessions_in_business_time, f.business_sessions, f.business_mean_seconds,
    case when business then array[
      f.business_waits[(cardinality(f.business_waits) * 50 + 99) / 100],
      f.business_waits[(cardinality(f.business_waits) * 90 + 99) / 100],
      f.business_waits[(cardinality(f.business_waits) * 95 + 99) / 100]] end,
    case when business then (
      select jsonb_object_agg(t.name, width_bucket(date_part('epoch', t.within), f.business_waits))
      from response_target t) end,
    f.business_waiting_since
  from (
    select
      period, g.team, g.agent_id, g.asked_agent_id, g.is_first_reply, g.opened_in_business_time, g.hour,
      coalesce(g.sessions, 0) as sessions,
      coalesce(g.answered, 0) as answered,
      coalesce(g.closed, 0) as closed,
      coalesce(g.counted, 0) as counted,
      g.total_seconds,
      g.mean_seconds,
      coalesce(g.waits, '{}') as waits,
      coalesce(g.waiting_since, '{}') as waiting_since,
      case when business then coalesce(g.sessions_in_business_time, 0) end as sessions_in_business_time,
      case when business then coalesce(g.business_sessions, 0) end as business_sessions,
      g.business_mean_seconds,
      case when business then coalesce(g.business_waits, '{}') end as business_waits,
      case when business then coalesce(g.business_waiting_since, '{}') end as business_waiting_since
    from (
      select
        s.period, s.team, s.agent_id, s.asked_agent_id, s.is_first_reply, s.opened_in_business_time, s.hour,
        count(*) as sessions,
        count(s.responded_at) as answered,
        count(*) filter (where s.is_closed) as closed,
        count(*) filter (where closed_counts or not s.is_closed) as counted,
        sum(s.response_seconds) as total_seconds,
        avg(s.response_seconds) as mean_seconds,
        coalesce(array_agg(s.response_seconds order by s.response_seconds)
          filter (where s.response_seconds is not null), '{}') as waits,
        coalesce(array_agg(s.opened_at order by s.opened_at) filter (where s.waits_now), '{}') as waiting_since,
        case when business then count(*) filter (where s.in_business) end as sessions_in_business_time,
        case when business then count(*) filter (where s.counts) end as business_sessions,
        case when business then avg(s.business_seconds) filter (where s.counts) end as business_mean_seconds,
        case when business then coalesce(array_agg(s.business_seconds order by s.business_seconds)
          filter (where s.counts and s.business_seconds is not null), '{}') end as business_waits,
        case when business then coalesce(array_agg(s.opened_at order by s.opened_at)
          filter (where s.counts and s.waits_now), '{}') end as business_waiting_since
      from (
        select
          s.opened_at, s.responded_at, s.response_seconds, s.business_seconds,
          s.status = 'open' as waits_now,
          s.status = 'closed' as is_closed,
          s.in_business,
          (outside_counts or s.in_business) and (closed_counts or s.status <> 'closed') as counts,
          case when one_period then 1 else width_bucket(s.opened_at, moments) end as period,
          case when 'team' = any(by) then s.team end as team,
          case when 'agent' = any(by) then s.responder_id end as agent_id,
          case when 'asked_agent' = any(by) then s.asked_agent_id end as asked_agent_id,
          case when first_replies then
            coalesce(s.opened_at - s.previous_ended_at > gap, true) end as is_first_reply,
          case when 'business_time' = any(by) then s.in_business end as opened_in_business_time,
          case when 'hour' = any(by) then date_part('hour', s.opened_at at time zone zone)::integer end as hour
        from (
          select
            s.opened_at, s.responded_at, s.response_seconds, s.status, s.team, s.responder_id, s.asked_agent_id,
            case when business then s.business_seconds end as business_seconds,
            case when business then s.opened_in_business_time end as in_business,
            case when first_replies then lag(coalesce(s.responded_at, s.closed_at, s.opened_at)) over (
              partition by s.customer_id, s.only_agent_id order by s.opened_at) end as previous_ended_at
          from response_sessions s
          where s.opened_at < ends_at
            and (not first_replies and s.opened_at >= starts_at
              or first_replies and (s.responded_at >= since or s.closed_at >= since
                or s.responded_at is null and s.closed_at is null and s.opened_at >= since))
          offset 0) s
        where s.opened_at >= starts_at) s
      group by 1, 2, 3, 4, 5, 6, 7) g
    -- Periods without sessions have a row, if nothing else is named.
    full join (
      select n as period from generate_series(1, cardinality(moments) - 1) n where by = '{}') every using (period)
    offset 0) f;
end
$$;

comment on function session_figures(timestamptz[], text[], boolean) is 'Internal: the figures of the sessions between moments, by period and by what is named: team, agent, asked_agent, first_reply, business_time, hour.';

-- A session that waits is running while it is younger than the target. In business time that is so since the
-- moment from which business has been open for as long as the target.
create function target_now()
returns table (
  name text, within interval, goal double precision, since timestamptz, business_since timestamptz)
language plpgsql stable parallel safe cost 100 rows 3
set search_path from current
set jit = off
as $$
begin
  return query
  select
    t.name, t.within, t.goal,
    now() - make_interval(secs => date_part('epoch', t.within)),
    c.since
  from response_target t
  left join lateral (
    select coalesce(
      (select case when o.opens = '-infinity' then o.opens else o.ends_at end
       from (
         select o.opens, shown.at - make_interval(secs => date_part('epoch', t.within)) + o.ahead as ends_at
         from unnest(clock.opens, clock.closes, clock.ahead) o (opens, closes, ahead)
         where o.closes - o.ahead >= shown.at - make_interval(secs => date_part('epoch', t.within))
         order by o.opens limit 1) o),
      now()) as since
    from session_clock clock
    cross join lateral (
      select least(now(), clock.closes[width_bucket(now(), clock.opens)])
        - clock.ahead[width_bucket(now(), clock.opens)] as at) shown
    where clock.opens is not null) c on true;
end
$$;

comment on function target_now() is 'Internal: each target, and since when sessions that wait have not missed it yet.';

create function running(since timestamptz, waiting_since timestamptz[])
returns bigint
language sql immutable parallel safe
as $$
  -- Those that opened before: width_bucket counts up to a moment, inclusive.
  select cardinality(waiting_since) - width_bucket(since - interval '1 microsecond', waiting_since)::bigint
$$;

comment on function running(timestamptz, timestamptz[]) is 'Internal: how many of the moments, which are sorted, are at or after since.';

-- Whom the sessions were written to, whoever answered.
create function asked_figures(starts_at timestamptz, ends_at timestamptz)
returns table (agent_id bigint, asked bigint, asked_unanswered bigint, asked_closed bigint)
language plpgsql stable strict parallel safe cost 500 rows 10
set search_path from current
set jit = off
as $$
begin
  return query
  select s.asked_agent_id, count(*), count(*) filter (where s.status = 'open'),
    count(*) filter (where s.status = 'closed')
  from response_sessions s
  where s.opened_at >= asked_figures.starts_at and s.opened_at < asked_figures.ends_at
    and s.asked_agent_id is not null
  group by s.asked_agent_id;
end
$$;

comment on function asked_figures(timestamptz, timestamptz) is 'Internal: how many of the sessions that opened from starts_at to ends_at, exclusive, were written to each agent.';

create view periods_to_compute as
select grain, day, starts_at, ends_at from reporting_periods;

comment on view periods_to_compute is 'Internal: the periods whose figures are computed from the rows: all, or with optional/rollups.sql those without stored figures.';

create view figures_of_rows as
select
  p.grain,
  p.day,
  p.starts_at,
  p.ends_at,
  f.sessions,
  f.answered,
  f.closed,
  f.counted,
  f.mean_seconds,
  f.answered_at_rank,
  f.all_at_rank,
  f.within,
  f.up_to,
  f.waiting_since,
  f.sessions_in_business_time,
  f.business_sessions,
  f.business_mean_seconds,
  f.business_at_rank,
  f.business_within,
  f.business_waiting_since
from periods_to_compute p
cross join lateral session_figures(array[p.starts_at, p.ends_at], '{}', true) f
union all
-- Elapsed hours: a day has 23 or 25 of them when clocks change.
select
  'hour',
  d.day,
  d.moments[f.period],
  d.moments[f.period + 1],
  f.sessions,
  f.answered,
  f.closed,
  f.counted,
  f.mean_seconds,
  f.answered_at_rank,
  f.all_at_rank,
  f.within,
  f.up_to,
  f.waiting_since,
  f.sessions_in_business_time,
  f.business_sessions,
  f.business_mean_seconds,
  f.business_at_rank,
  f.business_within,
  f.business_waiting_since
from (
  select
    day,
    array(select generate_series(starts_at, ends_at - interval '1 microsecond', interval '1 hour'))
      || ends_at as moments
  from periods_to_compute
  where grain = 'day') d
cross join lateral session_figures(d.moments, '{}', true) f;

comment on view figures_of_rows is 'Internal: the figures of a day, week, month or hour: sessions, percentiles (50, 90, 95), how many were answered within each target and up to each bracket, and who waits.';

create view figures as select * from figures_of_rows;

comment on view figures is 'Internal: the same figures, taken from stored ones where available.';

create view agent_figures_of_rows as
select
  d.day,
  f.agent_id,
  coalesce(f.asked, 0) as asked,
  coalesce(f.asked_unanswered, 0) as asked_unanswered,
  coalesce(f.asked_closed, 0) as asked_closed,
  coalesce(f.answered, 0) as answered,
  f.mean_seconds,
  f.answered_at_rank,
  f.within,
  f.sessions_in_business_time,
  f.business_sessions,
  f.business_mean_seconds,
  f.business_at_rank,
  f.business_within
from periods_to_compute d
cross join lateral (
  select agent_id, a.asked, a.asked_unanswered, a.asked_closed, f.answered, f.mean_seconds, f.answered_at_rank, f.within,
    f.sessions_in_business_time, f.business_sessions, f.business_mean_seconds, f.business_at_rank,
    f.business_within
  from (
    select * from session_figures(array[d.starts_at, d.ends_at], '{agent}', true)
    where agent_id is not null) f
  full join asked_figures(d.starts_at, d.ends_at) a using (agent_id)
  offset 0) f
where d.grain = 'day';

comment on view agent_figures_of_rows is 'Internal: the figures of an agent''s day.';

create view agent_figures as select * from agent_figures_of_rows;

comment on view agent_figures is 'Internal: the same figures, taken from stored ones where available.';

create view team_figures_of_rows as
select
  d.day,
  f.team,
  f.sessions,
  f.answered,
  f.closed,
  f.counted,
  f.mean_seconds,
  f.answered_at_rank,
  f.all_at_rank,
  f.within,
  f.waiting_since,
  f.sessions_in_business_time,
  f.business_sessions,
  f.business_mean_seconds,
  f.business_at_rank,
  f.business_within,
  f.business_waiting_since
from periods_to_compute d
cross join lateral session_figures(array[d.starts_at, d.ends_at], '{team}', true) f
where d.grain = 'day';

comment on view team_figures_of_rows is 'Internal: the figures of a team''s day.';

create view team_figures as select * from team_figures_of_rows;

comment on view team_figures is 'Internal: the same figures, taken from stored ones where available.';

create view clock_hour_figures_of_rows as
select
  d.day,
  f.hour,
  coalesce(f.sessions, 0) as sessions,
  coalesce(f.answered, 0) as answered,
  coalesce(f.closed, 0) as closed,
  coalesce(f.total_seconds, 0) as total_seconds,
  f.mean_seconds,
  f.answered_at_rank
from periods_to_compute d
cross join lateral (
  select hour, f.sessions, f.answered, f.closed, f.total_seconds, f.mean_seconds, f.answered_at_rank
  from generate_series(0, 23) hour
  left join session_figures(array[d.starts_at, d.ends_at], '{hour}', false) f using (hour)
  offset 0) f
where d.grain = 'day';

comment on view clock_hour_figures_of_rows is 'Internal: the figures of an hour on the clock.';

create view clock_hour_figures as select * from clock_hour_figures_of_rows;

comment on view clock_hour_figures is 'Internal: the same figures, taken from stored ones where available.';

-- First and later replies. They are not stored, because whether a session is one depends on earlier days.
create view reply_figures as
select d.day, g.by, f.agent_id, f.team, f.is_first_reply,
  f.sessions,
  f.answered,
  f.closed,
  f.counted,
  f.mean_seconds,
  f.answered_at_rank,
  f.all_at_rank,
  f.within,
  f.waiting_since,
  f.sessions_in_business_time,
  f.business_sessions,
  f.business_mean_seconds,
  f.business_at_rank,
  f.business_within,
  f.business_waiting_since
from reporting_days d
cross join (values
  ('day', '{first_reply}'::text[]),
  ('agent', '{first_reply,agent}'),
  ('team', '{first_reply,team}')) g (by, names)
cross join lateral session_figures(array[d.starts_at, d.ends_at], g.names, true) f;

comment on view reply_figures is 'Internal: the figures of the first and the later replies of a day, also by agent or team.';

-- Views of the same columns.
do $$
declare
  kind record;
begin
  for kind in
    select *
    from (values
      ('response_times_by_day', 'f.day, f.starts_at, f.ends_at', 'figures f where f.grain = ''day'''),
      ('response_times_by_week', 'f.day as week, f.starts_at, f.ends_at', 'figures f where f.grain = ''week'''),
      ('response_times_by_month', 'f.day as month, f.starts_at, f.ends_at', 'figures f where f.grain = ''month'''),
      ('response_times_by_hour', 'f.day, f.starts_at, f.ends_at', 'figures f where f.grain = ''hour'''),
      ('response_times_by_team', 'f.day, f.team', 'team_figures f'),
      ('reply_times_by_day', 'f.day, f.is_first_reply', 'reply_figures f where f.by = ''day'''),
      ('reply_times_by_team', 'f.day, f.team, f.is_first_reply', 'reply_figures f where f.by = ''team'''),
      ('reply_times_by_agent', 'f.day, f.agent_id, f.is_first_reply', 'reply_figures f where f.by = ''agent''')
      ) k (name, keys, source)
  loop
    execute replace(replace(replace($views$
      create view NAME as
      select
        KEYS,
        f.sessions,
        f.answered,
        f.sessions - f.answered - f.closed as unanswered,
        f.closed,
        f.answered_at_rank[1] as median_seconds,
        f.answered_at_rank[2] as p90_seconds,
        f.answered_at_rank[3] as p95_seconds,
        f.all_at_rank[1] as median_of_all_seconds,
        f.all_at_rank[2] as p90_of_all_seconds,
        f.all_at_rank[3] as p95_of_all_seconds,
        f.mean_seconds,
        f.business_at_rank[1] as business_median_seconds,
        f.business_at_rank[2] as business_p90_seconds,
        f.business_at_rank[3] as business_p95_seconds,
        f.business_mean_seconds,
        (select jsonb_object_agg(t.name, (f.within ->> t.name)::bigint
           / nullif(f.counted - running(t.since, f.waiting_since), 0)::double precision)
         from target_now() t) as within_targets,
        case when f.business_sessions is not null then (
          select jsonb_object_agg(t.name, (f.business_within ->> t.name)::bigint
            / nullif(f.business_sessions - running(t.business_since, f.business_waiting_since), 0)::double precision)
          from target_now() t) end as business_within_targets,
        (select jsonb_object_agg(t.name, running(t.since, f.waiting_since)) from target_now() t) as running,
        f.sessions_in_business_time
      from SOURCE;

      comment on column NAME.sessions is 'How many sessions opened.';
      comment on column NAME.answered is 'How many of them have been answered by now.';
      comment on column NAME.unanswered is 'How many of them wait for an answer.';
      comment on column NAME.closed is 'How many of them were closed without an answer.';
      comment on column NAME.median_seconds is 'The median response time of answered sessions, in seconds; null if there are none.';
      comment on column NAME.p90_seconds is 'The shortest real response time that covers at least 90 % of those, in seconds.';
      comment on column NAME.p95_seconds is 'The shortest real response time that covers at least 95 % of those, in seconds.';
      comment on column NAME.median_of_all_seconds is 'The shortest response time that covers half of all sessions, in seconds; unanswered ones count as never answered, closed ones only with report_settings.closed_counts. Null if fewer than half have been answered.';
      comment on column NAME.p90_of_all_seconds is 'The shortest response time that covers 90 % of all sessions, in seconds; unanswered ones count as never answered, closed ones only with report_settings.closed_counts. Null if fewer than 90 % have been answered.';
      comment on column NAME.p95_of_all_seconds is 'The shortest response time that covers 95 % of all sessions, in seconds; unanswered ones count as never answered, closed ones only with report_settings.closed_counts. Null if fewer than 95 % have been answered.';
      comment on column NAME.mean_seconds is 'The mean response time of answered sessions, in seconds.';
      comment on column NAME.business_median_seconds is 'The median in business time, in seconds; null without a calendar.';
      comment on column NAME.business_p90_seconds is 'The P90 in business time, in seconds; null without a calendar.';
      comment on column NAME.business_p95_seconds is 'The P95 in business time, in seconds; null without a calendar.';
      comment on column NAME.business_mean_seconds is 'The mean in business time, in seconds; null without a calendar.';
      comment on column NAME.within_targets is 'For each target of response_target by its name: the share of the sessions, answered or not, that were answered within it. Sessions that are running are left out, and closed ones, unless report_settings.closed_counts has them in.';
      comment on column NAME.business_within_targets is 'The same in business time; null without a calendar.';
      comment on column NAME.running is 'For each target by its name: how many sessions wait, and have not waited longer than it by now.';
      comment on column NAME.sessions_in_business_time is 'How many sessions opened in business time; null without a calendar.';
    $views$, 'NAME', kind.name), 'KEYS', kind.keys), 'SOURCE', kind.source);
  end loop;
end
$$;

comment on view response_times_by_day is 'Sessions and response times of each day, days without sessions too.';
comment on column response_times_by_day.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column response_times_by_day.starts_at is 'Its first moment.';
comment on column response_times_by_day.ends_at is 'The first moment of the next day.';
comment on view response_times_by_week is 'Sessions and response times of each week, from Monday on.';
comment on column response_times_by_week.week is 'The Monday of the week in which the sessions opened, in the time zone of report_settings.';
comment on column response_times_by_week.starts_at is 'Its first moment.';
comment on column response_times_by_week.ends_at is 'The first moment of the next week.';
comment on view response_times_by_month is 'Sessions and response times of each month.';
comment on column response_times_by_month.month is 'The first day of the month in which the sessions opened, in the time zone of report_settings.';
comment on column response_times_by_month.starts_at is 'Its first moment.';
comment on column response_times_by_month.ends_at is 'The first moment of the next month.';
comment on view response_times_by_hour is 'Sessions and response times of each hour, hours without sessions too.';
comment on column response_times_by_hour.day is 'The day of the hour, in the time zone of report_settings.';
comment on column response_times_by_hour.starts_at is 'The first moment of the hour in which the sessions opened.';
comment on column response_times_by_hour.ends_at is 'The first moment after it.';
comment on view response_times_by_team is 'Sessions and response times of each team and day. A session belongs to the team of the agent who answered, or of the one written to if nobody has.';
comment on column response_times_by_team.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column response_times_by_team.team is 'The team when the sessions opened; null: sessions of agents in no team, and of nobody.';
comment on view reply_times_by_day is 'The first replies of each day, and the later ones.';
comment on column reply_times_by_day.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column reply_times_by_day.is_first_reply is 'Whether the sessions are the first of their conversations, as in replies().';
comment on view reply_times_by_team is 'The first replies of each team and day, and the later ones.';
comment on column reply_times_by_team.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column reply_times_by_team.team is 'The team, as in response_times_by_team.';
comment on column reply_times_by_team.is_first_reply is 'Whether the sessions are the first of their conversations, as in replies().';
comment on view reply_times_by_agent is 'The first replies of each agent and day, and the later ones.';
comment on column reply_times_by_agent.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column reply_times_by_agent.agent_id is 'The agent who answered; null: nobody has.';
comment on column reply_times_by_agent.is_first_reply is 'Whether the sessions are the first of their conversations, as in replies().';

create view response_times_by_agent as
select
  day,
  agent_id,
  asked,
  asked_unanswered,
  asked_closed,
  answered,
  answered_at_rank[1] as median_seconds,
  answered_at_rank[2] as p90_seconds,
  answered_at_rank[3] as p95_seconds,
  mean_seconds,
  business_at_rank[1] as business_median_seconds,
  business_at_rank[2] as business_p90_seconds,
  business_at_rank[3] as business_p95_seconds,
  business_mean_seconds,
  (select jsonb_object_agg(t.name, (f.within ->> t.name)::bigint / nullif(f.answered, 0)::double precision)
   from response_target t) as within_targets,
  case when (select calendar from report_settings) is not null then (
    select jsonb_object_agg(t.name, (f.business_within ->> t.name)::bigint
      / nullif(f.business_sessions, 0)::double precision)
    from response_target t) end as business_within_targets,
  coalesce(a.name, a.id) as agent,
  (select m.team from agent_team m
   where m.agent_id = f.agent_id and f.day between m.valid_from and m.valid_until) as team,
  f.sessions_in_business_time
from agent_figures f
left join tbl_agent a on a.agent = f.agent_id;

comment on view response_times_by_agent is 'Each agent''s sessions of each day. A response time counts for the agent who answered, not for the one written to.';
comment on column response_times_by_agent.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column response_times_by_agent.agent_id is 'The agent.';
comment on column response_times_by_agent.asked is 'How many sessions opened with a message to the agent, whoever answered.';
comment on column response_times_by_agent.asked_unanswered is 'How many of those wait for an answer.';
comment on column response_times_by_agent.asked_closed is 'How many of those were closed without an answer.';
comment on column response_times_by_agent.answered is 'How many sessions of that day the agent answered, whoever was written to.';
comment on column response_times_by_agent.median_seconds is 'The median response time of the sessions that the agent answered, in seconds; null if there are none.';
comment on column response_times_by_agent.p90_seconds is 'The shortest real response time that covers at least 90 % of those, in seconds.';
comment on column response_times_by_agent.p95_seconds is 'The shortest real response time that covers at least 95 % of those, in seconds.';
comment on column response_times_by_agent.mean_seconds is 'The mean response time of the sessions that the agent answered, in seconds.';
comment on column response_times_by_agent.business_median_seconds is 'The median in business time, in seconds; null without a calendar.';
comment on column response_times_by_agent.business_p90_seconds is 'The P90 in business time, in seconds; null without a calendar.';
comment on column response_times_by_agent.business_p95_seconds is 'The P95 in business time, in seconds; null without a calendar.';
comment on column response_times_by_agent.business_mean_seconds is 'The mean in business time, in seconds; null without a calendar.';
comment on column response_times_by_agent.within_targets is 'For each target of response_target by its name: the share of the sessions that the agent answered, answered within it.';
comment on column response_times_by_agent.business_within_targets is 'The same in business time; null without a calendar.';
comment on column response_times_by_agent.agent is 'The name of the agent, or the id if ids are texts and there is no name; null if neither is known.';
comment on column response_times_by_agent.team is 'The team of the agent on that day; null if in none.';
comment on column response_times_by_agent.sessions_in_business_time is 'How many of the sessions that the agent answered opened in business time; null without a calendar.';

create view response_time_distribution as
select
  f.day,
  b.position,
  b.bracket,
  b.more_than,
  b.up_to,
  b.sessions,
  case when b.counts then b.sessions / nullif(f.counted, 0)::double precision end as share
from figures f
cross join lateral (
  select
    limits.position,
    case when limits.up_to is null then 'longer' else 'up to ' || duration_text(limits.up_to) end as bracket,
    limits.more_than,
    limits.up_to,
    -- The sessions up to this limit, less those up to the limit before.
    coalesce(f.up_to[limits.position::integer], f.answered)
      - coalesce(f.up_to[limits.position::integer - 1], 0) as sessions,
    true as counts
  from (
    select row_number() over (order by up_to) as position, more_than, up_to
    from (
      select lag(up_to) over (order by up_to) as more_than, up_to from response_bracket
      union all
      select max(up_to), null from response_bracket) up_to) limits
  union all
  select (select count(*) + 2 from response_bracket), 'unanswered', null, null,
    f.sessions - f.answered - f.closed, true
  union all
  select (select count(*) + 3 from response_bracket), 'closed', null, null, f.closed,
    (select closed_counts from report_settings)
  offset 0) b
where f.grain = 'day';

comment on view response_time_distribution is 'How many sessions of each day have a response time in each bracket of response_bracket.';
comment on column response_time_distribution.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column response_time_distribution.position is 'Orders the brackets of a day: from the shortest to the longest, unanswered, and closed.';
comment on column response_time_distribution.bracket is 'The name of the bracket: up to its longest time, longer than all of them; unanswered; or closed, without an answer.';
comment on column response_time_distribution.more_than is 'Response times in the bracket are longer than this; null for the first, and without an answer.';
comment on column response_time_distribution.up_to is 'The longest response time in the bracket; null for the last, and without an answer.';
comment on column response_time_distribution.sessions is 'How many sessions are in the bracket. May be summed over days.';
comment on column response_time_distribution.share is 'Their share of all sessions of the day but closed ones, or of all with report_settings.closed_counts; null if there were none, and for closed ones that do not count.';

create view hour_of_week as
select
  day,
  date_part('isodow', day)::integer as weekday,
  hour,
  sessions,
  answered,
  sessions - answered - closed as unanswered,
  closed,
  total_seconds,
  mean_seconds,
  answered_at_rank[1] as median_seconds,
  answered_at_rank[2] as p90_seconds
from clock_hour_figures;

comment on view hour_of_week is 'Each day''s sessions by the hour on the clock, for a map of hours and weekdays: sum the counts of the days wanted.';
comment on column hour_of_week.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column hour_of_week.weekday is '1 is Monday, 7 is Sunday.';
comment on column hour_of_week.hour is 'The hour on the clock, 0 to 23. An hour that clocks show twice is one here.';
comment on column hour_of_week.sessions is 'How many sessions opened.';
comment on column hour_of_week.answered is 'How many of them have been answered.';
comment on column hour_of_week.unanswered is 'How many of them wait for an answer.';
comment on column hour_of_week.closed is 'How many of them were closed without an answer.';
comment on column hour_of_week.total_seconds is 'The sum of their response times. Divided by the sum of answered, it is the mean of several days.';
comment on column hour_of_week.mean_seconds is 'The mean response time of the answered sessions, in seconds; null if there are none.';
comment on column hour_of_week.median_seconds is 'Their median, in seconds.';
comment on column hour_of_week.p90_seconds is 'The shortest real response time that covers at least 90 % of them, in seconds.';

-- Views of the same columns.
do $$
declare
  kind record;
begin
  for kind in
    select *
    from (values
      ('sla_attainment', 'f.day', 'figures f', 'where f.grain = ''day'''),
      ('sla_attainment_by_week', 'f.day as week', 'figures f', 'where f.grain = ''week'''),
      ('sla_attainment_by_month', 'f.day as month', 'figures f', 'where f.grain = ''month'''),
      ('sla_attainment_by_team', 'f.day, f.team', 'team_figures f', '')) k (name, keys, source, condition)
  loop
    execute replace(replace(replace(replace($views$
      create view NAME as
      select
        KEYS,
        t.name as target,
        t.within as target_time,
        f.sessions,
        f.answered,
        f.sessions - f.answered - f.closed as unanswered,
        f.closed,
        c.within_target,
        c.within_target / nullif(f.counted - c.running, 0)::double precision as share,
        c.business_within_target,
        c.business_within_target
          / nullif(f.business_sessions - c.business_running, 0)::double precision as business_share,
        f.answered_at_rank[1] as median_seconds,
        f.answered_at_rank[2] as p90_seconds,
        f.answered_at_rank[3] as p95_seconds,
        f.all_at_rank[1] as median_of_all_seconds,
        f.all_at_rank[2] as p90_of_all_seconds,
        f.all_at_rank[3] as p95_of_all_seconds,
        c.running,
        f.counted - c.within_target - c.running as missed,
        t.goal,
        c.within_target / nullif(f.counted - c.running, 0)::double precision >= t.goal as met,
        f.sessions_in_business_time,
        f.business_sessions,
        c.business_running,
        f.business_sessions - c.business_within_target - c.business_running as business_missed,
        c.business_within_target
          / nullif(f.business_sessions - c.business_running, 0)::double precision >= t.goal as business_met
      from SOURCE
      cross join target_now() t
      cross join lateral (
        select
          (f.within ->> t.name)::bigint as within_target,
          (f.business_within ->> t.name)::bigint as business_within_target,
          running(t.since, f.waiting_since) as running,
          running(t.business_since, f.business_waiting_since) as business_running) c
      CONDITION;

      comment on column NAME.target is 'The target''s name.';
      comment on column NAME.target_time is 'The longest response time that meets it, inclusive.';
      comment on column NAME.sessions is 'How many sessions opened: answered, unanswered or closed.';
      comment on column NAME.answered is 'How many of them have been answered.';
      comment on column NAME.unanswered is 'How many of them wait for an answer: they are running, or have missed the target.';
      comment on column NAME.closed is 'How many of them were closed without an answer. They have missed every target with report_settings.closed_counts, and are left out without it.';
      comment on column NAME.within_target is 'How many of them were answered within the target.';
      comment on column NAME.share is 'The share of the sessions that were answered within the target: within_target, of within_target and missed. Null if there are none.';
      comment on column NAME.business_within_target is 'How many of business_sessions were answered within the target in business time; null without a calendar.';
      comment on column NAME.business_share is 'Their share: business_within_target, of business_within_target and business_missed. Null without a calendar, and if there are none.';
      comment on column NAME.median_seconds is 'The median response time of answered sessions, in seconds.';
      comment on column NAME.p90_seconds is 'The shortest real response time that covers at least 90 % of the answered sessions, in seconds.';
      comment on column NAME.p95_seconds is 'The shortest real response time that covers at least 95 % of the answered sessions, in seconds.';
      comment on column NAME.median_of_all_seconds is 'The shortest response time that covers half of all sessions, in seconds; unanswered ones count as never answered, closed ones only with report_settings.closed_counts. Null if fewer than half have been answered.';
      comment on column NAME.p90_of_all_seconds is 'The shortest response time that covers 90 % of all sessions, in seconds; unanswered ones count as never answered, closed ones only with report_settings.closed_counts. Null if fewer than 90 % have been answered.';
      comment on column NAME.p95_of_all_seconds is 'The shortest response time that covers 95 % of all sessions, in seconds; unanswered ones count as never answered, closed ones only with report_settings.closed_counts. Null if fewer than 95 % have been answered.';
      comment on column NAME.running is 'How many sessions wait, and have not waited longer than the target by now: neither within it nor missed.';
      comment on column NAME.missed is 'How many have missed the target: answered later, or waiting for longer; also closed, with report_settings.closed_counts.';
      comment on column NAME.goal is 'The share that should meet the target; null for none.';
      comment on column NAME.met is 'Whether the share is at least the goal; null without a goal or a share.';
      comment on column NAME.sessions_in_business_time is 'How many sessions opened in business time; null without a calendar.';
      comment on column NAME.business_sessions is 'How many sessions the targets in business time are for: all, or those that opened in business time (report_settings.outside_counts), closed ones only with report_settings.closed_counts; null without a calendar.';
      comment on column NAME.business_running is 'How many of business_sessions wait, and have not waited longer than the target in business time.';
      comment on column NAME.business_missed is 'How many of business_sessions have missed the target in business time.';
      comment on column NAME.business_met is 'Whether the share in business time is at least the goal; null without a calendar, a goal or a share.';
    $views$, 'NAME', kind.name), 'KEYS', kind.keys), 'SOURCE', kind.source), 'CONDITION', kind.condition);
  end loop;
end
$$;

comment on view sla_attainment is 'How many sessions of each day were answered within each target of response_target. Sum the counts for longer periods; never average the shares.';
comment on column sla_attainment.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on view sla_attainment_by_week is 'The same by week, from Monday on.';
comment on column sla_attainment_by_week.week is 'The Monday of the week in which the sessions opened, in the time zone of report_settings.';
comment on view sla_attainment_by_month is 'The same by month.';
comment on column sla_attainment_by_month.month is 'The first day of the month in which the sessions opened, in the time zone of report_settings.';
comment on view sla_attainment_by_team is 'The same by team and day.';
comment on column sla_attainment_by_team.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column sla_attainment_by_team.team is 'The team, as in response_times_by_team.';

-- Any period: percentiles cannot be computed from those of days.
create function period_days(first_day date, last_day date, by text[])
returns date[]
language plpgsql stable parallel safe
set search_path from current
as $$
declare
  names constant text[] := '{day,week,month,team,agent,asked_agent,first_reply,business_time}';
  unknown constant text := (select min(b) from unnest(by) b where b <> all (names));
begin
  if unknown is not null then
    raise exception 'There are no figures by "%". There are: %.', unknown, array_to_string(names, ', ')
      using errcode = 'invalid_parameter_value';
  end if;
  if not isfinite(first_day) or not isfinite(last_day) or first_day > last_day then
    raise exception 'There are no days from % to %.', first_day, last_day
      using errcode = 'invalid_parameter_value';
  end if;
  -- Weeks and months at the ends are cut.
  return array(
    select first_day
    union
    select d.day
    from (values
      ('day', first_day, interval '1 day'),
      ('week', date_trunc('week', first_day::timestamp)::date, '7 days'),
      ('month', date_trunc('month', first_day::timestamp)::date, '1 month')) p (name, day, step)
    cross join lateral dates_between(p.day, last_day, p.step) d
    where p.name = any(by) and d.day > first_day
    union
    select last_day + 1
    order by 1);
end
$$;

comment on function period_days(date, date, text[]) is 'Internal: the first days of the periods from first_day to last_day, in order, and the day after.';

create function response_times(first_day date, last_day date, variadic by text[] default '{}')
returns table (
  period_first_day date, period_last_day date,
  team text, agent_id bigint, agent text, asked_agent_id bigint, asked_agent text,
  is_first_reply boolean, opened_in_business_time boolean,
  sessions bigint, answered bigint, unanswered bigint, closed bigint,
  median_seconds double precision, p90_seconds double precision, p95_seconds double precision,
  median_of_all_seconds double precision, p90_of_all_seconds double precision,
  p95_of_all_seconds double precision, mean_seconds double precision,
  business_median_seconds double precision, business_p90_seconds double precision,
  business_p95_seconds double precision, business_mean_seconds double precision,
  within_targets jsonb, business_within_targets jsonb, running jsonb, sessions_in_business_time bigint)
language plpgsql stable parallel safe cost 1000 rows 10
set search_path from current
set jit = off
as $$
#variable_conflict use_column
declare
  days constant date[] := period_days(first_day, last_day, by);
  moments constant timestamptz[] := array(
    select day_starts_at(d, g.time_zone) from unnest(days) d cross join report_settings g order by d);
begin
  return query
  select
    days[f.period], days[f.period + 1] - 1,
    f.team, f.agent_id, coalesce(a.name, a.id), f.asked_agent_id, coalesce(w.name, w.id),
    f.is_first_reply, f.opened_in_business_time,
      f.sessions,
      f.answered,
      f.sessions - f.answered - f.closed,
      f.closed,
      f.answered_at_rank[1],
      f.answered_at_rank[2],
      f.answered_at_rank[3],
      f.all_at_rank[1],
      f.all_at_rank[2],
      f.all_at_rank[3],
      f.mean_seconds,
      f.business_at_rank[1],
      f.business_at_rank[2],
      f.business_at_rank[3],
      f.business_mean_seconds,
      (select jsonb_object_agg(t.name, (f.within ->> t.name)::bigint
         / nullif(f.counted - running(t.since, f.waiting_since), 0)::double precision)
       from target_now() t),
      case when f.business_sessions is not null then (
        select jsonb_object_agg(t.name, (f.business_within ->> t.name)::bigint
          / nullif(f.business_sessions - running(t.business_since, f.business_waiting_since), 0)::double precision)
        from target_now() t) end,
      (select jsonb_object_agg(t.name, running(t.since, f.waiting_since)) from target_now() t),
      f.sessions_in_business_time
  from session_figures(moments, array(select b from unnest(by) b where b not in ('day', 'week', 'month')), true) f
  left join tbl_agent a on a.agent = f.agent_id
  left join tbl_agent w on w.agent = f.asked_agent_id;
end
$$;

comment on function response_times(date, date, text[]) is 'The figures of the sessions that opened from the first day to the last, inclusive, by what is named: day, week, month, team, agent (who answered), asked_agent, first_reply, business_time. Columns that are not named are null.';

create function sla_attainment(first_day date, last_day date, variadic by text[] default '{}')
returns table (
  period_first_day date, period_last_day date,
  team text, agent_id bigint, agent text, asked_agent_id bigint, asked_agent text,
  is_first_reply boolean, opened_in_business_time boolean,
  target text, target_time interval, sessions bigint, answered bigint, unanswered bigint, closed bigint,
  within_target bigint, running bigint, missed bigint, share double precision, goal double precision, met boolean,
  business_sessions bigint, business_within_target bigint, business_running bigint, business_missed bigint,
  business_share double precision, business_met boolean)
language plpgsql stable parallel safe cost 1000 rows 10
set search_path from current
set jit = off
as $$
#variable_conflict use_column
declare
  days constant date[] := period_days(first_day, last_day, by);
  moments constant timestamptz[] := array(
    select day_starts_at(d, g.time_zone) from unnest(days) d cross join report_settings g order by d);
begin
  return query
  select
    days[f.period], days[f.period + 1] - 1,
    f.team, f.agent_id, coalesce(a.name, a.id), f.asked_agent_id, coalesce(w.name, w.id),
    f.is_first_reply, f.opened_in_business_time,
    t.name, t.within, f.sessions, f.answered, f.sessions - f.answered - f.closed, f.closed,
    c.within, c.running, f.counted - c.within - c.running,
    s.share, t.goal, s.share >= t.goal,
    f.business_sessions, c.business_within, c.business_running,
    f.business_sessions - c.business_within - c.business_running,
    s.business_share, s.business_share >= t.goal
  from session_figures(moments, array(select b from unnest(by) b where b not in ('day', 'week', 'month')), true) f
  cross join target_now() t
  cross join lateral (
    select
      (f.within ->> t.name)::bigint as within,
      running(t.since, f.waiting_since) as running,
      (f.business_within ->> t.name)::bigint as business_within,
      running(t.business_since, f.business_waiting_since) as business_running) c
  cross join lateral (
    select
      c.within / nullif(f.counted - c.running, 0)::double precision as share,
      c.business_within
        / nullif(f.business_sessions - c.business_running, 0)::double precision as business_share) s
  left join tbl_agent a on a.agent = f.agent_id
  left join tbl_agent w on w.agent = f.asked_agent_id;
end
$$;

comment on function sla_attainment(date, date, text[]) is 'How many of the sessions that opened from the first day to the last, inclusive, were answered within each target, by what is named, as in response_times.';

create view late_messages as
-- A message falls into one session at most.
select distinct on (l.b, l.a, l.ts, l.direct, l.closes)
  l.b as customer_id,
  nullif(l.a, -1) as agent_id,
  l.ts as sent_at,
  case when not l.closes then l.direct end as from_agent,
  l.automated,
  l.lateness,
  case
    when l.closes and w.waiting_then then 'close unseen'
    when l.direct and w.waiting_then then 'answer unseen'
    when not l.closes and not l.direct and s.opened_at is null then 'question unseen'
    else 'none'
  end as effect,
  case when not (l.closes or l.direct) or w.waiting_then then s.opened_at end as session_opened_at,
  case when l.direct and w.waiting_then then date_part('epoch', s.responded_at - l.ts) end as overstated_seconds,
  coalesce(c.name, c.id) as customer,
  coalesce(a.name, a.id) as agent,
  l.closes
from tbl_late l
left join tbl_customer c on c.customer = l.b
left join tbl_agent a on a.agent = l.a
-- A join, so that PostgreSQL may read all sessions once, if there is no index for each message.
left join response_sessions s
  on s.customer_id = l.b
  and (s.only_agent_id is null or s.only_agent_id = l.a)
  and s.opened_at <= l.ts
  and (s.status = 'open' or coalesce(s.responded_at, s.closed_at) >= l.ts)
cross join lateral (
  -- An answer at the time of a close comes before it.
  select case s.status
    when 'answered' then s.responded_at > l.ts
    when 'closed' then s.closed_at > l.ts or (s.closed_at = l.ts and not l.closes)
    when 'open' then true
    else false
  end as waiting_then) w
order by l.b, l.a, l.ts, l.direct, l.closes, s.opened_at desc;

comment on view late_messages is 'Messages and closes that arrived after their results were final, and what each of them alone would have changed.';
comment on column late_messages.customer_id is 'The customer.';
comment on column late_messages.agent_id is 'The agent; null if the customer wrote to no particular one.';
comment on column late_messages.sent_at is 'When the message was sent.';
comment on column late_messages.from_agent is 'True: from agent to customer. False: from customer to agent. Null: a close.';
comment on column late_messages.automated is 'Whether the message was marked as a bot''s or an auto-reply.';
comment on column late_messages.lateness is 'With event-time.max-out-of-orderness larger by this much it would have been in time.';
comment on column late_messages.effect is 'answer unseen: a session waited then, and is reported as longer, as open, or as closed. close unseen: a session waited then, and is reported as answered or closed later, or as open. question unseen: no session waited then; one is missing, or is reported as shorter. none: it changes no session.';
comment on column late_messages.session_opened_at is 'When the session that waited at the time of the message opened; null if there is none.';
comment on column late_messages.overstated_seconds is 'For an answer unseen: by how many seconds the reported response time is too long; null if the session has no answer.';

comment on column late_messages.customer is 'The name of the customer, or the id if ids are texts and there is no name; null if neither is known.';
comment on column late_messages.agent is 'The name or id of the agent, likewise.';
comment on column late_messages.closes is 'Whether it is no message but says that the conversation was closed.';

create view late_messages_by_hour as
select
  day_of(starts_at, (select time_zone from report_settings)) as day,
  starts_at,
  count(*) as late_messages,
  count(distinct customer_id) as customers,
  max(lateness) as longest_lateness,
  percentile_disc(0.5) within group (order by lateness) as median_lateness,
  count(*) filter (where effect = 'answer unseen') as answers_unseen,
  count(*) filter (where effect = 'question unseen') as questions_unseen,
  count(*) filter (where effect = 'none') as without_effect,
  max(overstated_seconds) as most_overstated_seconds,
  count(*) filter (where effect = 'close unseen') as closes_unseen
from (
  select date_trunc('hour', sent_at, (select time_zone from report_settings)) as starts_at, l.*
  from late_messages l) l
group by starts_at;

comment on view late_messages_by_hour is 'Messages and closes of each hour that arrived after their results were final, and how many of them would have changed a session. Hours without such messages have no row.';
comment on column late_messages_by_hour.day is 'The day of the hour, in the time zone of report_settings.';
comment on column late_messages_by_hour.starts_at is 'The first moment of the hour in which the messages were sent.';
comment on column late_messages_by_hour.late_messages is 'How many late messages were sent in it.';
comment on column late_messages_by_hour.customers is 'How many customers wrote or received them.';
comment on column late_messages_by_hour.longest_lateness is 'With event-time.max-out-of-orderness larger by this much all of them would have been in time.';
comment on column late_messages_by_hour.median_lateness is 'With a bound larger by this much half of them would have been in time.';
comment on column late_messages_by_hour.answers_unseen is 'How many would have answered a session that is reported as longer, as open, or as closed.';
comment on column late_messages_by_hour.questions_unseen is 'How many were sent when no session waited: one is missing, or is reported as shorter.';
comment on column late_messages_by_hour.without_effect is 'How many would have changed no session.';
comment on column late_messages_by_hour.most_overstated_seconds is 'By how many seconds a reported response time is too long, at most.';
comment on column late_messages_by_hour.closes_unseen is 'How many would have closed a session that is reported as answered or closed later, or as open.';

-- The rights that optional/roles.sql grants, if it was run before.
do $$
begin
  if exists (select from pg_roles where rolname = 'first_response_reader') then
    grant select on
      report_settings, response_target, response_bracket, agent_team,
      business_calendar, business_hours, business_holiday,
      response_sessions, session_clock, reporting_days, waiting_now,
      response_times_by_day, response_times_by_week, response_times_by_month, response_times_by_hour,
      response_times_by_agent, response_times_by_team,
      reply_times_by_day, reply_times_by_agent, reply_times_by_team,
      response_time_distribution, hour_of_week,
      sla_attainment, sla_attainment_by_week, sla_attainment_by_month, sla_attainment_by_team,
      late_messages, late_messages_by_hour
      to first_response_reader;
  end if;
end
$$;

insert into first_response_schema (component, version) values ('figures', 1);
