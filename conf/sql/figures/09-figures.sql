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
-- With report_settings.waiting_limit, who has waited for longer has given up. That depends on now(), so what is
-- stored has the moments since when sessions wait, and the views count who waits and who has given up.
--
-- A target is for all sessions, or for those that its rule selects: labels, team, days. target_figures are of the
-- sessions to which the target applies.
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
where responded_at is null and closed_at is null and opened_at >= (select given_up_before(now()))
order by opened_at, customer_id, asked_agent_id;

comment on view waiting_now is 'Who waits for an answer, and for how long; the longest wait first. Who has given up (report_settings.waiting_limit) does not wait.';
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
declare
  gone constant timestamptz := given_up_before(moment);
begin
  return
    (select count(*) from response_sessions s
     where s.opened_at <= moment and s.opened_at >= gone and (s.responded_at > moment or s.closed_at > moment))
    + (select count(*) from response_sessions s
       where s.opened_at <= moment and s.opened_at >= gone and s.responded_at is null and s.closed_at is null);
end
$$;

comment on function queue_at(timestamptz) is 'How many sessions were waiting at a moment: opened by then, and answered or closed later or not yet. Who had given up by then (report_settings.waiting_limit) did not wait.';

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
  gone constant timestamptz := given_up_before(earliest);
  -- The shortest time after which somebody has given up; null: nobody gives up.
  too_long constant interval := (
    select make_interval(secs => date_part('epoch', waiting_limit)) + tick from report_settings);
begin
  return query
  with change as (
    -- width_bucket(t - tick, ordered) is the number of moments before t.
    select e.passed, sum(e.more) as more
    from (
      select s.opened_at, least(s.responded_at, s.closed_at, s.opened_at + too_long) as ended_at
      from response_sessions s
      where s.opened_at <= latest and s.opened_at >= gone and (s.responded_at > earliest or s.closed_at > earliest)
      union all
      select s.opened_at, s.opened_at + too_long
      from response_sessions s
      where s.opened_at > case when too_long is null then earliest else gone - tick end and s.opened_at <= latest
        and s.responded_at is null and s.closed_at is null) s
    cross join lateral (values
      (width_bucket(s.opened_at - tick, ordered), 1),
      (width_bucket(s.ended_at - tick, ordered), -1)) e (passed, more)
    group by e.passed
    union all
    select 0, count(*)
    from response_sessions s
    where too_long is null and s.opened_at <= earliest and s.responded_at is null and s.closed_at is null)
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

create view target_rule as
select
  t.name,
  date_part('epoch', t.within) as seconds,
  t.applies_to = '{}' and t.calendar is null and not isfinite(t.valid_from) and not isfinite(t.valid_until)
    as is_for_all,
  t.applies_to - 'team' as labels,
  t.applies_to ->> 'team' as team,
  t.calendar,
  case when isfinite(t.valid_from) then day_starts_at(t.valid_from, g.time_zone) else t.valid_from::timestamptz end
    as valid_since,
  case when isfinite(t.valid_until) then day_starts_at(t.valid_until + 1, g.time_zone)
    else t.valid_until::timestamptz end as valid_until
from response_target t
cross join report_settings g;

comment on view target_rule is 'Internal: each target, and to which sessions it applies: of those that opened from valid_since to valid_until, exclusive, those that have the labels and are of the team.';
comment on column target_rule.name is 'The target''s name.';
comment on column target_rule.seconds is 'The longest response time that meets it, in seconds.';
comment on column target_rule.is_for_all is 'Whether it applies to all sessions, in clock time.';
comment on column target_rule.labels is 'The labels that a session must have.';
comment on column target_rule.team is 'The value of the label team, or the team, that a session must have; null for any.';
comment on column target_rule.calendar is 'The calendar in whose business time it is measured; null for clock time.';
comment on column target_rule.valid_since is 'The first moment of the sessions to which it applies.';
comment on column target_rule.valid_until is 'The first moment after them.';

create type target_figures as (
  target text,
  sessions bigint,
  answered bigint,
  closed bigint,
  counted bigint,
  within bigint,
  answered_at_rank double precision[],
  all_at_rank double precision[],
  waiting_since timestamptz[],
  counted_waiting_since timestamptz[],
  sessions_in_business_time bigint,
  business_sessions bigint,
  business_within bigint,
  business_waiting_since timestamptz[]);

comment on type target_figures is 'Internal: the figures of those sessions of a group to which a target applies. waiting_since and the like are null if they are those of the group, because the target is for all sessions.';

-- One pass over the sessions that opened from the first of the moments to the last, exclusive, which it groups by
-- the period between one moment and the next, and by what "by" and "label" name. Times are sorted: waits[n] is the
-- nth, and width_bucket(t, waits) is the number of times that are at most t. What "by" does not name is null, and
-- costs nothing: each call has a plan of its own, from which PostgreSQL leaves it out. So do targets by rule if
-- there are none; otherwise a session is in the group of all, and in the group of each rule that selects it.
create function session_figures(moments timestamptz[], by text[], label text, in_full boolean)
returns table (
  period integer, team text, agent_id bigint, asked_agent_id bigint, is_first_reply boolean,
  opened_in_business_time boolean, hour integer, value text,
  sessions bigint, answered bigint, closed bigint, counted bigint,
  total_seconds double precision, mean_seconds double precision,
  answered_at_rank double precision[], all_at_rank double precision[],
  targets target_figures[], up_to integer[], waiting_since timestamptz[],
  sessions_in_business_time bigint, business_sessions bigint, business_mean_seconds double precision,
  business_at_rank double precision[], business_waiting_since timestamptz[])
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
  business constant boolean := in_full and (select g.calendar is not null from report_settings g);
  by_rule constant boolean := in_full and exists (select from target_rule r where not r.is_for_all);
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
  -- It covers answers up to a month after the last of these sessions, as session_clock does.
  with clock as materialized (
    select c.calendar, c.last_moment, c.opens, c.closes, c.ahead
    from (select distinct r.calendar from target_rule r where by_rule and r.calendar is not null) used
    cross join lateral business_clock(
      used.calendar, starts_at,
      (select least(greatest(max(b_ts), now()), ends_at) + interval '31 days' from tbl_result)) c
  ),
  rule as materialized (
    select null::text collate "C" as target, null::double precision as seconds, null::jsonb as labels, null::text as team,
      null::timestamptz as valid_since, null::timestamptz as valid_until, null::text as calendar,
      null::timestamptz as last_moment, null::timestamptz[] as opens, null::timestamptz[] as closes,
      null::interval[] as ahead
    union all
    -- Names in the order of their bytes, which are sorted faster.
    select r.name collate "C", r.seconds, r.labels, r.team, r.valid_since, r.valid_until, r.calendar,
      c.last_moment, c.opens, c.closes, c.ahead
    from target_rule r
    left join clock c using (calendar)
    where not r.is_for_all
  )
  select
    f.period, f.team, f.agent_id, f.asked_agent_id, f.is_first_reply, f.opened_in_business_time, f.hour, f.value,
    f.sessions, f.answered, f.closed, f.counted, f.total_seconds, f.mean_seconds,
    f.answered_at_rank, f.all_at_rank,
    case when in_full then (
      select array_agg(
        case
          when t.is_for_all then row(
            t.name, f.sessions, f.answered, f.closed, f.counted,
            width_bucket(t.seconds, f.waits), f.answered_at_rank, f.all_at_rank, null, null,
            f.sessions_in_business_time, f.business_sessions,
            width_bucket(t.seconds, f.business_waits), null)::target_figures
          when o.target is null then row(
            t.name, 0, 0, 0, 0, 0, array[null, null, null], array[null, null, null], '{}', '{}',
            case when business then 0 end, case when business then 0 end,
            case when business then 0 end, '{}')::target_figures
          else o
        end order by t.name)
      from target_rule t
      left join unnest(f.of_rules) o on o.target = t.name) end,
    (select array_agg(width_bucket(date_part('epoch', b.up_to), f.waits) order by b.up_to)
     from response_bracket b),
    f.waiting_since,
    f.sessions_in_business_time, f.business_sessions, f.business_mean_seconds,
    case when business then array[
      f.business_waits[(cardinality(f.business_waits) * 50 + 99) / 100],
      f.business_waits[(cardinality(f.business_waits) * 90 + 99) / 100],
      f.business_waits[(cardinality(f.business_waits) * 95 + 99) / 100]] end,
    f.business_waiting_since
  from (
    select
      period, g.team, g.agent_id, g.asked_agent_id, g.is_first_reply, g.opened_in_business_time, g.hour, g.value,
      coalesce(g.sessions, 0) as sessions,
      coalesce(g.answered, 0) as answered,
      coalesce(g.closed, 0) as closed,
      coalesce(g.counted, 0) as counted,
      g.total_seconds,
      g.mean_seconds,
      coalesce(g.waits, '{}') as waits,
      coalesce(g.answered_at_rank, array[null, null, null]::double precision[]) as answered_at_rank,
      coalesce(g.all_at_rank, array[null, null, null]::double precision[]) as all_at_rank,
      coalesce(g.waiting_since, '{}') as waiting_since,
      case when business then coalesce(g.sessions_in_business_time, 0) end as sessions_in_business_time,
      case when business then coalesce(g.business_sessions, 0) end as business_sessions,
      g.business_mean_seconds,
      case when business then coalesce(g.business_waits, '{}') end as business_waits,
      case when business then coalesce(g.business_waiting_since, '{}') end as business_waiting_since,
      g.of_rules
    from (
      select g.*,
        -- Of the groups with the same keys. Comparisons of nulls in a partition find them equal.
        case when by_rule then array_agg(row(
            g.target, g.sessions, g.answered, g.closed, g.target_counted, g.within,
            g.answered_at_rank, g.all_at_rank, g.waiting_since, g.target_waiting_since,
            g.sessions_in_business_time, g.business_sessions,
            g.business_within, g.business_waiting_since)::target_figures)
          filter (where g.target is not null)
          over (partition by g.period, g.team, g.agent_id, g.asked_agent_id, g.is_first_reply,
            g.opened_in_business_time, g.hour, g.value) end as of_rules
      from (
        select g.*,
          array[
            g.waits[((g.answered * 50 + 99) / 100)::integer],
            g.waits[((g.answered * 90 + 99) / 100)::integer],
            g.waits[((g.answered * 95 + 99) / 100)::integer]] as answered_at_rank,
          array[
            g.waits[((g.counted * 50 + 99) / 100)::integer],
            g.waits[((g.counted * 90 + 99) / 100)::integer],
            g.waits[((g.counted * 95 + 99) / 100)::integer]] as all_at_rank
        from (
          select
            s.period, s.team, s.agent_id, s.asked_agent_id, s.is_first_reply, s.opened_in_business_time, s.hour,
            s.value, s.target,
            count(*) as sessions,
            count(s.responded_at) as answered,
            count(s.closed_at) as closed,
            count(*) filter (where closed_counts or s.closed_at is null) as counted,
            sum(s.response_seconds) as total_seconds,
            avg(s.response_seconds) as mean_seconds,
            coalesce(array_agg(s.response_seconds order by s.response_seconds)
              filter (where s.response_seconds is not null), '{}') as waits,
            coalesce(array_agg(s.opened_at order by s.opened_at) filter (where s.waits_now), '{}') as waiting_since,
            case when by_rule then count(*) filter (where s.target_counts) end as target_counted,
            case when by_rule then count(*) filter (where s.target_counts and s.is_within) end as within,
            case when by_rule then coalesce(array_agg(s.opened_at order by s.opened_at)
              filter (where s.target_counts and s.waits_now), '{}') end as target_waiting_since,
            case when business then count(*) filter (where s.in_business) end as sessions_in_business_time,
            case when business then count(*) filter (where s.counts) end as business_sessions,
            case when business then avg(s.business_seconds) filter (where s.counts) end as business_mean_seconds,
            case when business then coalesce(array_agg(s.business_seconds order by s.business_seconds)
              filter (where s.counts and s.business_seconds is not null), '{}') end as business_waits,
            case when business and by_rule then
              count(*) filter (where s.counts and s.business_is_within) end as business_within,
            case when business then coalesce(array_agg(s.opened_at order by s.opened_at)
              filter (where s.counts and s.waits_now), '{}') end as business_waiting_since
          from (
            select
              s.opened_at, s.responded_at, s.closed_at, s.response_seconds, s.business_seconds,
              s.responded_at is null and s.closed_at is null as waits_now,
              s.in_business,
              (outside_counts or s.in_business) and (closed_counts or s.closed_at is null) as counts,
              case when one_period then 1 else width_bucket(s.opened_at, moments) end as period,
              case when 'team' = any(by) then s.team end as team,
              case when 'agent' = any(by) then s.responder_id end as agent_id,
              case when 'asked_agent' = any(by) then s.asked_agent_id end as asked_agent_id,
              case when first_replies then
                coalesce(s.opened_at - s.previous_ended_at > gap, true) end as is_first_reply,
              case when 'business_time' = any(by) then s.in_business end as opened_in_business_time,
              case when 'hour' = any(by) then date_part('hour', s.opened_at at time zone zone)::integer end as hour,
              case when label is not null then s.value end as value,
              case when by_rule then s.target end as target,
              s.target_counts, s.is_within, s.business_is_within
            from (
              select
                s.*,
                r.target,
                case when by_rule then
                  (closed_counts or s.closed_at is null)
                  and (outside_counts or r.calendar is null
                    or s.opened_at < r.closes[width_bucket(s.opened_at, r.opens)]) end as target_counts,
                case when by_rule then r.seconds >= case
                  when r.calendar is null then s.response_seconds
                  when s.responded_at <= r.last_moment then date_part('epoch',
                    least(s.responded_at, r.closes[width_bucket(s.responded_at, r.opens)])
                    - r.ahead[width_bucket(s.responded_at, r.opens)]
                    - (least(s.opened_at, r.closes[width_bucket(s.opened_at, r.opens)])
                      - r.ahead[width_bucket(s.opened_at, r.opens)]))
                  else business_seconds(s.opened_at, s.responded_at, r.calendar)
                end end as is_within,
                case when by_rule then r.seconds >= s.business_seconds end as business_is_within
              from (
                select
                  s.opened_at, s.responded_at, s.closed_at, s.response_seconds, s.responder_id, s.asked_agent_id,
                  case when by_rule or 'team' = any(by) then s.team end as team,
                  case when by_rule then coalesce(s.labels, '{}') end as labels,
                  case when label is not null then s.labels ->> label end as value,
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
              left join rule r
                on by_rule and (r.target is null
                  or s.opened_at >= r.valid_since and s.opened_at < r.valid_until
                    and s.labels @> r.labels
                    -- A label of that name counts, and not the team of the agents.
                    and (r.team is null or coalesce(s.labels ->> 'team', s.team) = r.team))
              where s.opened_at >= starts_at
              -- So that rows are sorted without the arrays of the clocks.
              offset 0) s) s
          group by 1, 2, 3, 4, 5, 6, 7, 8, 9) g
        offset 0) g
      offset 0) g
    -- Periods without sessions have a row, if nothing else is named.
    full join (
      select n as period from generate_series(1, cardinality(moments) - 1) n
      where by = '{}' and label is null) every using (period)
    where g.target is null
    offset 0) f;
end
$$;

comment on function session_figures(timestamptz[], text[], text, boolean) is 'Internal: the figures of the sessions between moments, by period, by what is named (team, agent, asked_agent, first_reply, business_time, hour), and by the value of the label; in full, or without business time and targets.';

-- A session that waits is running while it is younger than the target, and nobody has given up. In business time
-- that is so since the moment from which business has been open for as long as the target.
create function target_now()
returns table (
  name text, within interval, goal double precision, since timestamptz, business_since timestamptz)
language plpgsql stable parallel safe cost 100 rows 3
set search_path from current
set jit = off
as $$
declare
  gone constant timestamptz := given_up_before(now());
begin
  return query
  with clock as materialized (
    select c.calendar, c.opens, c.closes, c.ahead
    from (select calendar from report_settings union select calendar from response_target) used
    cross join lateral business_clock(used.calendar, (select min(b_ts) from tbl_result), now()) c
    where c.opens is not null
  ),
  behind as (
    select
      t.name,
      clock.calendar,
      coalesce(
        (select case when o.opens = '-infinity' then o.opens else o.ends_at end
         from (
           select o.opens, shown.at - make_interval(secs => date_part('epoch', t.within)) + o.ahead as ends_at
           from unnest(clock.opens, clock.closes, clock.ahead) o (opens, closes, ahead)
           where o.closes - o.ahead >= shown.at - make_interval(secs => date_part('epoch', t.within))
           order by o.opens limit 1) o),
        now()) as since
    from response_target t
    cross join clock
    cross join lateral (
      select least(now(), clock.closes[width_bucket(now(), clock.opens)])
        - clock.ahead[width_bucket(now(), clock.opens)] as at) shown
  )
  select
    t.name, t.within, t.goal,
    greatest(gone, case
      when t.calendar is null then now() - make_interval(secs => date_part('epoch', t.within))
      else own.since
    end),
    case when business.since is not null then greatest(gone, business.since) end
  from response_target t
  left join behind own on own.name = t.name and own.calendar = t.calendar
  left join behind business
    on business.name = t.name and business.calendar = (select g.calendar from report_settings g);
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
returns table (agent_id bigint, asked bigint, asked_closed bigint, asked_waiting_since timestamptz[])
language plpgsql stable strict parallel safe cost 500 rows 10
set search_path from current
set jit = off
as $$
begin
  return query
  select s.asked_agent_id, count(*), count(s.closed_at),
    coalesce(array_agg(s.opened_at order by s.opened_at)
      filter (where s.responded_at is null and s.closed_at is null), '{}')
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
  f.targets,
  f.up_to,
  f.waiting_since,
  f.sessions_in_business_time,
  f.business_sessions,
  f.business_mean_seconds,
  f.business_at_rank,
  f.business_waiting_since
from periods_to_compute p
cross join lateral session_figures(array[p.starts_at, p.ends_at], '{}', null, true) f
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
  f.targets,
  f.up_to,
  f.waiting_since,
  f.sessions_in_business_time,
  f.business_sessions,
  f.business_mean_seconds,
  f.business_at_rank,
  f.business_waiting_since
from (
  select
    day,
    array(select generate_series(starts_at, ends_at - interval '1 microsecond', interval '1 hour'))
      || ends_at as moments
  from periods_to_compute
  where grain = 'day') d
cross join lateral session_figures(d.moments, '{}', null, true) f;

comment on view figures_of_rows is 'Internal: the figures of a day, week, month or hour: sessions, percentiles (50, 90, 95), the figures of each target, how many were answered up to each bracket, and who waits.';

create view figures as select * from figures_of_rows;

comment on view figures is 'Internal: the same figures, taken from stored ones where available.';

create view agent_figures_of_rows as
select
  d.day,
  f.agent_id,
  coalesce(f.asked, 0) as asked,
  coalesce(f.asked_closed, 0) as asked_closed,
  coalesce(f.asked_waiting_since, '{}') as asked_waiting_since,
  coalesce(f.answered, 0) as answered,
  f.mean_seconds,
  f.answered_at_rank,
  f.targets,
  f.sessions_in_business_time,
  f.business_mean_seconds,
  f.business_at_rank
from periods_to_compute d
cross join lateral (
  select agent_id, a.asked, a.asked_closed, a.asked_waiting_since, f.answered, f.mean_seconds, f.answered_at_rank,
    f.targets, f.sessions_in_business_time, f.business_mean_seconds, f.business_at_rank
  from (
    select * from session_figures(array[d.starts_at, d.ends_at], '{agent}', null, true)
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
  f.targets,
  f.waiting_since,
  f.sessions_in_business_time,
  f.business_sessions,
  f.business_mean_seconds,
  f.business_at_rank,
  f.business_waiting_since
from periods_to_compute d
cross join lateral session_figures(array[d.starts_at, d.ends_at], '{team}', null, true) f
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
  f.answered_at_rank,
  coalesce(f.waiting_since, '{}') as waiting_since
from periods_to_compute d
cross join lateral (
  select hour, f.sessions, f.answered, f.closed, f.total_seconds, f.mean_seconds, f.answered_at_rank,
    f.waiting_since
  from generate_series(0, 23) hour
  left join session_figures(array[d.starts_at, d.ends_at], '{hour}', null, false) f using (hour)
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
  f.targets,
  f.waiting_since,
  f.sessions_in_business_time,
  f.business_sessions,
  f.business_mean_seconds,
  f.business_at_rank,
  f.business_waiting_since
from reporting_days d
cross join (values
  ('day', '{first_reply}'::text[]),
  ('agent', '{first_reply,agent}'),
  ('team', '{first_reply,team}')) g (by, names)
cross join lateral session_figures(array[d.starts_at, d.ends_at], g.names, null, true) f;

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
        running((select given_up_before(now())), f.waiting_since) as unanswered,
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
        (select jsonb_object_agg(t.name, o.within / nullif(
             o.counted - running(t.since, coalesce(o.counted_waiting_since, f.waiting_since)), 0)::double precision)
         from unnest(f.targets) o join target_now() t on t.name = o.target) as within_targets,
        case when f.business_sessions is not null then (
          select jsonb_object_agg(t.name, o.business_within / nullif(o.business_sessions
              - running(t.business_since, coalesce(o.business_waiting_since, f.business_waiting_since)),
            0)::double precision)
          from unnest(f.targets) o join target_now() t on t.name = o.target) end as business_within_targets,
        (select jsonb_object_agg(t.name, running(t.since, coalesce(o.counted_waiting_since, f.waiting_since)))
         from unnest(f.targets) o join target_now() t on t.name = o.target) as running,
        f.sessions_in_business_time,
        cardinality(f.waiting_since) - running((select given_up_before(now())), f.waiting_since) as given_up
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
      comment on column NAME.within_targets is 'For each target of response_target by its name: the share of the sessions to which it applies, answered or not, that were answered within it. Sessions that are running are left out, and closed ones, unless report_settings.closed_counts has them in.';
      comment on column NAME.business_within_targets is 'The same in business time; null without a calendar.';
      comment on column NAME.running is 'For each target by its name: how many sessions to which it applies wait, and have not waited longer than it by now.';
      comment on column NAME.sessions_in_business_time is 'How many sessions opened in business time; null without a calendar.';
      comment on column NAME.given_up is 'How many of them have neither been answered nor closed for longer than report_settings.waiting_limit.';
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
  running((select given_up_before(now())), asked_waiting_since) as asked_unanswered,
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
  (select jsonb_object_agg(t.name, o.within / nullif(o.counted, 0)::double precision)
   from response_target t left join unnest(f.targets) o on o.target = t.name) as within_targets,
  case when (select calendar from report_settings) is not null then (
    select jsonb_object_agg(t.name, o.business_within / nullif(o.business_sessions, 0)::double precision)
    from response_target t left join unnest(f.targets) o on o.target = t.name) end as business_within_targets,
  coalesce(a.name, a.id) as agent,
  (select m.team from agent_team m
   where m.agent_id = f.agent_id and f.day between m.valid_from and m.valid_until) as team,
  f.sessions_in_business_time,
  cardinality(asked_waiting_since) - running((select given_up_before(now())), asked_waiting_since) as asked_given_up
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
comment on column response_times_by_agent.within_targets is 'For each target of response_target by its name: of the sessions that the agent answered and to which it applies, the share answered within it.';
comment on column response_times_by_agent.business_within_targets is 'The same in business time; null without a calendar.';
comment on column response_times_by_agent.agent is 'The name of the agent, or the id if ids are texts and there is no name; null if neither is known.';
comment on column response_times_by_agent.team is 'The team of the agent on that day; null if in none.';
comment on column response_times_by_agent.sessions_in_business_time is 'How many of the sessions that the agent answered opened in business time; null without a calendar.';
comment on column response_times_by_agent.asked_given_up is 'How many of the sessions written to the agent have neither been answered nor closed for longer than report_settings.waiting_limit.';

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
    running((select given_up_before(now())), f.waiting_since), true
  union all
  select (select count(*) + 3 from response_bracket), 'closed', null, null, f.closed,
    (select closed_counts from report_settings)
  union all
  select (select count(*) + 4 from response_bracket), 'given up', null, null,
    cardinality(f.waiting_since) - running((select given_up_before(now())), f.waiting_since), true
  where (select waiting_limit is not null from report_settings)
  offset 0) b
where f.grain = 'day';

comment on view response_time_distribution is 'How many sessions of each day have a response time in each bracket of response_bracket.';
comment on column response_time_distribution.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column response_time_distribution.position is 'Orders the brackets of a day: from the shortest to the longest, unanswered, closed, and given up.';
comment on column response_time_distribution.bracket is 'The name of the bracket: up to its longest time, longer than all of them; unanswered; closed, without an answer; or given up, if there is a report_settings.waiting_limit.';
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
  running((select given_up_before(now())), waiting_since) as unanswered,
  closed,
  total_seconds,
  mean_seconds,
  answered_at_rank[1] as median_seconds,
  answered_at_rank[2] as p90_seconds,
  cardinality(waiting_since) - running((select given_up_before(now())), waiting_since) as given_up
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
comment on column hour_of_week.given_up is 'How many have neither been answered nor closed for longer than report_settings.waiting_limit.';

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
        o.sessions,
        o.answered,
        cardinality(c.waiting_since) - c.given_up as unanswered,
        o.closed,
        o.within as within_target,
        o.within / nullif(o.counted - c.running, 0)::double precision as share,
        o.business_within as business_within_target,
        o.business_within / nullif(o.business_sessions - c.business_running, 0)::double precision as business_share,
        o.answered_at_rank[1] as median_seconds,
        o.answered_at_rank[2] as p90_seconds,
        o.answered_at_rank[3] as p95_seconds,
        o.all_at_rank[1] as median_of_all_seconds,
        o.all_at_rank[2] as p90_of_all_seconds,
        o.all_at_rank[3] as p95_of_all_seconds,
        c.running,
        o.counted - o.within - c.running as missed,
        t.goal,
        o.within / nullif(o.counted - c.running, 0)::double precision >= t.goal as met,
        o.sessions_in_business_time,
        o.business_sessions,
        c.business_running,
        o.business_sessions - o.business_within - c.business_running as business_missed,
        o.business_within / nullif(o.business_sessions - c.business_running, 0)::double precision >= t.goal
          as business_met,
        c.given_up
      from SOURCE
      cross join lateral unnest(f.targets) o
      join target_now() t on t.name = o.target
      cross join lateral (
        select
          w.waiting_since,
          running(t.since, coalesce(o.counted_waiting_since, f.waiting_since)) as running,
          running(t.business_since, coalesce(o.business_waiting_since, f.business_waiting_since)) as business_running,
          cardinality(w.waiting_since) - running((select given_up_before(now())), w.waiting_since) as given_up
        from (select coalesce(o.waiting_since, f.waiting_since) as waiting_since) w) c
      CONDITION;

      comment on column NAME.target is 'The target''s name.';
      comment on column NAME.target_time is 'The longest response time that meets it, inclusive.';
      comment on column NAME.sessions is 'How many sessions opened to which the target applies: answered, unanswered, closed or given up. All other columns are of these.';
      comment on column NAME.answered is 'How many of them have been answered.';
      comment on column NAME.unanswered is 'How many of them wait for an answer: they are running, or have missed the target.';
      comment on column NAME.closed is 'How many of them were closed without an answer. They have missed every target with report_settings.closed_counts, and are left out without it.';
      comment on column NAME.within_target is 'How many of them were answered within the target: in clock time, or in the business time of the target''s calendar. If it has one, those that opened outside of it are left out with report_settings.outside_counts = false.';
      comment on column NAME.share is 'The share of the sessions that were answered within the target: within_target, of within_target and missed. Null if there are none.';
      comment on column NAME.business_within_target is 'How many of business_sessions were answered within the target in business time of the calendar of report_settings, whatever the target''s own; null without a calendar.';
      comment on column NAME.business_share is 'Their share: business_within_target, of business_within_target and business_missed. Null without a calendar, and if there are none.';
      comment on column NAME.median_seconds is 'The median response time of answered sessions, in seconds.';
      comment on column NAME.p90_seconds is 'The shortest real response time that covers at least 90 % of the answered sessions, in seconds.';
      comment on column NAME.p95_seconds is 'The shortest real response time that covers at least 95 % of the answered sessions, in seconds.';
      comment on column NAME.median_of_all_seconds is 'The shortest response time that covers half of all sessions, in seconds; unanswered ones count as never answered, closed ones only with report_settings.closed_counts. Null if fewer than half have been answered.';
      comment on column NAME.p90_of_all_seconds is 'The shortest response time that covers 90 % of all sessions, in seconds; unanswered ones count as never answered, closed ones only with report_settings.closed_counts. Null if fewer than 90 % have been answered.';
      comment on column NAME.p95_of_all_seconds is 'The shortest response time that covers 95 % of all sessions, in seconds; unanswered ones count as never answered, closed ones only with report_settings.closed_counts. Null if fewer than 95 % have been answered.';
      comment on column NAME.running is 'How many sessions wait, and have not waited longer than the target by now: neither within it nor missed.';
      comment on column NAME.missed is 'How many have missed the target: answered later, waiting for longer, or given up; also closed, with report_settings.closed_counts.';
      comment on column NAME.goal is 'The share that should meet the target; null for none.';
      comment on column NAME.met is 'Whether the share is at least the goal; null without a goal or a share.';
      comment on column NAME.sessions_in_business_time is 'How many sessions opened in business time; null without a calendar.';
      comment on column NAME.business_sessions is 'How many sessions the targets in business time are for: all, or those that opened in business time (report_settings.outside_counts), closed ones only with report_settings.closed_counts; null without a calendar.';
      comment on column NAME.business_running is 'How many of business_sessions wait, and have not waited longer than the target in business time.';
      comment on column NAME.business_missed is 'How many of business_sessions have missed the target in business time.';
      comment on column NAME.business_met is 'Whether the share in business time is at least the goal; null without a calendar, a goal or a share.';
      comment on column NAME.given_up is 'How many have neither been answered nor closed for longer than report_settings.waiting_limit: they have missed the target.';
    $views$, 'NAME', kind.name), 'KEYS', kind.keys), 'SOURCE', kind.source), 'CONDITION', kind.condition);
  end loop;
end
$$;

comment on view sla_attainment is 'How many sessions of each day were answered within each target of response_target that applies to them. Sum the counts for longer periods; never average the shares.';
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

create function response_times_by_label(label text, first_day date, last_day date, variadic by text[] default '{}')
returns table (
  value text,
  period_first_day date, period_last_day date,
  team text, agent_id bigint, agent text, asked_agent_id bigint, asked_agent text,
  is_first_reply boolean, opened_in_business_time boolean,
  sessions bigint, answered bigint, unanswered bigint, closed bigint,
  median_seconds double precision, p90_seconds double precision, p95_seconds double precision,
  median_of_all_seconds double precision, p90_of_all_seconds double precision,
  p95_of_all_seconds double precision, mean_seconds double precision,
  business_median_seconds double precision, business_p90_seconds double precision,
  business_p95_seconds double precision, business_mean_seconds double precision,
  within_targets jsonb, business_within_targets jsonb, running jsonb, sessions_in_business_time bigint,
  given_up bigint)
language plpgsql stable parallel safe cost 1000 rows 10
set search_path from current
set jit = off
as $$
#variable_conflict use_column
declare
  days constant date[] := period_days(first_day, last_day, by);
  moments constant timestamptz[] := array(
    select day_starts_at(d, g.time_zone) from unnest(days) d cross join report_settings g order by d);
  gone constant timestamptz := given_up_before(now());
begin
  return query
  select
    f.value, days[f.period], days[f.period + 1] - 1,
    f.team, f.agent_id, coalesce(a.name, a.id), f.asked_agent_id, coalesce(w.name, w.id),
    f.is_first_reply, f.opened_in_business_time,
    f.sessions,
    f.answered,
    running(gone, f.waiting_since),
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
    (select jsonb_object_agg(t.name, o.within / nullif(
         o.counted - running(t.since, coalesce(o.counted_waiting_since, f.waiting_since)), 0)::double precision)
     from unnest(f.targets) o join target_now() t on t.name = o.target),
    case when f.business_sessions is not null then (
      select jsonb_object_agg(t.name, o.business_within / nullif(o.business_sessions
          - running(t.business_since, coalesce(o.business_waiting_since, f.business_waiting_since)),
        0)::double precision)
      from unnest(f.targets) o join target_now() t on t.name = o.target) end,
    (select jsonb_object_agg(t.name, running(t.since, coalesce(o.counted_waiting_since, f.waiting_since)))
     from unnest(f.targets) o join target_now() t on t.name = o.target),
    f.sessions_in_business_time,
    cardinality(f.waiting_since) - running(gone, f.waiting_since)
  from session_figures(
    moments, array(select b from unnest(by) b where b not in ('day', 'week', 'month')), label, true) f
  left join tbl_agent a on a.agent = f.agent_id
  left join tbl_agent w on w.agent = f.asked_agent_id;
end
$$;

comment on function response_times_by_label(text, date, date, text[]) is 'The figures of the sessions that opened from the first day to the last, inclusive, by the value of a label, and by what is named, as in response_times. Sessions without that label are a row whose value is null.';

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
  within_targets jsonb, business_within_targets jsonb, running jsonb, sessions_in_business_time bigint,
  given_up bigint)
language plpgsql stable parallel safe cost 1000 rows 10
set search_path from current
set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select
    r.period_first_day, r.period_last_day, r.team, r.agent_id, r.agent, r.asked_agent_id, r.asked_agent,
    r.is_first_reply, r.opened_in_business_time, r.sessions, r.answered, r.unanswered, r.closed,
    r.median_seconds, r.p90_seconds, r.p95_seconds, r.median_of_all_seconds, r.p90_of_all_seconds,
    r.p95_of_all_seconds, r.mean_seconds, r.business_median_seconds, r.business_p90_seconds,
    r.business_p95_seconds, r.business_mean_seconds, r.within_targets, r.business_within_targets, r.running,
    r.sessions_in_business_time, r.given_up
  from response_times_by_label(null, first_day, last_day, variadic by) r;
end
$$;

comment on function response_times(date, date, text[]) is 'The figures of the sessions that opened from the first day to the last, inclusive, by what is named: day, week, month, team, agent (who answered), asked_agent, first_reply, business_time. Columns that are not named are null.';

create function sla_attainment_by_label(label text, first_day date, last_day date, variadic by text[] default '{}')
returns table (
  value text,
  period_first_day date, period_last_day date,
  team text, agent_id bigint, agent text, asked_agent_id bigint, asked_agent text,
  is_first_reply boolean, opened_in_business_time boolean,
  target text, target_time interval, sessions bigint, answered bigint, unanswered bigint, closed bigint,
  within_target bigint, running bigint, missed bigint, share double precision, goal double precision, met boolean,
  business_sessions bigint, business_within_target bigint, business_running bigint, business_missed bigint,
  business_share double precision, business_met boolean, given_up bigint)
language plpgsql stable parallel safe cost 1000 rows 10
set search_path from current
set jit = off
as $$
#variable_conflict use_column
declare
  days constant date[] := period_days(first_day, last_day, by);
  moments constant timestamptz[] := array(
    select day_starts_at(d, g.time_zone) from unnest(days) d cross join report_settings g order by d);
  gone constant timestamptz := given_up_before(now());
begin
  return query
  select
    f.value, days[f.period], days[f.period + 1] - 1,
    f.team, f.agent_id, coalesce(a.name, a.id), f.asked_agent_id, coalesce(w.name, w.id),
    f.is_first_reply, f.opened_in_business_time,
    t.name, t.within, o.sessions, o.answered, cardinality(c.waiting_since) - c.given_up, o.closed,
    o.within, c.running, o.counted - o.within - c.running,
    s.share, t.goal, s.share >= t.goal,
    o.business_sessions, o.business_within, c.business_running,
    o.business_sessions - o.business_within - c.business_running,
    s.business_share, s.business_share >= t.goal,
    c.given_up
  from session_figures(
    moments, array(select b from unnest(by) b where b not in ('day', 'week', 'month')), label, true) f
  cross join lateral unnest(f.targets) o
  join target_now() t on t.name = o.target
  cross join lateral (
    select
      w.waiting_since,
      running(t.since, coalesce(o.counted_waiting_since, f.waiting_since)) as running,
      running(t.business_since, coalesce(o.business_waiting_since, f.business_waiting_since)) as business_running,
      cardinality(w.waiting_since) - running(gone, w.waiting_since) as given_up
    from (select coalesce(o.waiting_since, f.waiting_since) as waiting_since) w) c
  cross join lateral (
    select
      o.within / nullif(o.counted - c.running, 0)::double precision as share,
      o.business_within / nullif(o.business_sessions - c.business_running, 0)::double precision as business_share) s
  left join tbl_agent a on a.agent = f.agent_id
  left join tbl_agent w on w.agent = f.asked_agent_id;
end
$$;

comment on function sla_attainment_by_label(text, date, date, text[]) is 'How many of the sessions that opened from the first day to the last, inclusive, were answered within each target that applies to them, by the value of a label, and by what is named, as in response_times_by_label.';

create function sla_attainment(first_day date, last_day date, variadic by text[] default '{}')
returns table (
  period_first_day date, period_last_day date,
  team text, agent_id bigint, agent text, asked_agent_id bigint, asked_agent text,
  is_first_reply boolean, opened_in_business_time boolean,
  target text, target_time interval, sessions bigint, answered bigint, unanswered bigint, closed bigint,
  within_target bigint, running bigint, missed bigint, share double precision, goal double precision, met boolean,
  business_sessions bigint, business_within_target bigint, business_running bigint, business_missed bigint,
  business_share double precision, business_met boolean, given_up bigint)
language plpgsql stable parallel safe cost 1000 rows 10
set search_path from current
set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select
    r.period_first_day, r.period_last_day, r.team, r.agent_id, r.agent, r.asked_agent_id, r.asked_agent,
    r.is_first_reply, r.opened_in_business_time, r.target, r.target_time, r.sessions, r.answered, r.unanswered,
    r.closed, r.within_target, r.running, r.missed, r.share, r.goal, r.met, r.business_sessions,
    r.business_within_target, r.business_running, r.business_missed, r.business_share, r.business_met,
    r.given_up
  from sla_attainment_by_label(null, first_day, last_day, variadic by) r;
end
$$;

comment on function sla_attainment(date, date, text[]) is 'How many of the sessions that opened from the first day to the last, inclusive, were answered within each target that applies to them, by what is named, as in response_times.';

create function conversations(starts_at timestamptz, ends_at timestamptz)
returns table (
  customer_id bigint, only_agent_id bigint, opened_at timestamptz, first_reply_seconds double precision,
  sessions bigint, replies bigint, responders bigint, closed bigint, last_status text, last_at timestamptz,
  labels jsonb, team text, customer text, only_agent text)
-- As in replies(), in one pass. A conversation may go on after the period, so it reads sessions up to now.
language plpgsql stable strict parallel safe cost 1000 rows 100
set search_path from current
set plan_cache_mode = force_custom_plan
set jit = off
as $$
#variable_conflict use_column
declare
  gap constant interval := (select conversation_gap from report_settings);
  since constant timestamptz := case
    when gap < '100 years' then starts_at - make_interval(secs => date_part('epoch', gap))
    else '-infinity' end;
begin
  return query
  select
    s.customer_id,
    s.only_agent_id,
    min(s.opened_at),
    (array_agg(s.response_seconds order by s.opened_at))[1],
    count(*),
    count(s.responded_at),
    count(distinct s.responder_id),
    count(s.closed_at),
    (array_agg(s.status order by s.opened_at desc))[1],
    max(s.known_at),
    (array_agg(s.labels order by s.opened_at))[1],
    (array_agg(s.team order by s.opened_at))[1],
    min(s.customer),
    min(s.only_agent)
  from (
    select s.*,
      count(*) filter (where coalesce(s.opened_at - s.previous_known_at > gap, true)) over (
        partition by s.customer_id, s.only_agent_id order by s.opened_at) as conversation
    from (
      select s.*,
        lag(s.known_at) over (
          partition by s.customer_id, s.only_agent_id order by s.opened_at) as previous_known_at
      from (
        select s.*, coalesce(s.responded_at, s.closed_at, s.opened_at) as known_at
        from response_sessions s
        where s.responded_at >= since or s.closed_at >= since
          or s.responded_at is null and s.closed_at is null and s.opened_at >= since) s) s) s
  group by s.customer_id, s.only_agent_id, s.conversation
  having min(s.opened_at) >= conversations.starts_at and min(s.opened_at) < conversations.ends_at;
end
$$;

comment on function conversations(timestamptz, timestamptz) is 'The conversations that opened from starts_at to ends_at, exclusive, as in the view conversations, which reads all sessions.';

create view conversations as
select
  customer_id, only_agent_id, opened_at, first_reply_seconds, sessions, replies, responders, closed, last_status,
  last_at, labels, team, customer, only_agent
from conversations('-infinity', 'infinity');

comment on view conversations is 'One row a conversation: the sessions of a customer (in addressed-agent mode, of a customer and an agent) with no pause that is longer than report_settings.conversation_gap.';
comment on column conversations.customer_id is 'The customer.';
comment on column conversations.only_agent_id is 'The only agent whose answers count; null if any agent''s do.';
comment on column conversations.opened_at is 'When its first session opened.';
comment on column conversations.first_reply_seconds is 'The response time of its first session, in seconds: that of the first reply, as in replies(). Null if that session has no answer.';
comment on column conversations.sessions is 'How many sessions it has.';
comment on column conversations.replies is 'How many of them were answered.';
comment on column conversations.responders is 'How many agents answered.';
comment on column conversations.closed is 'How many of the sessions were closed without an answer.';
comment on column conversations.last_status is 'The status of its last session, as in response_sessions.';
comment on column conversations.last_at is 'The last of it that is known: when its last session was answered or closed, or opened.';
comment on column conversations.labels is 'The labels of its first session; null if it had none.';
comment on column conversations.team is 'The team of its first session, as in response_sessions.';
comment on column conversations.customer is 'The name of the customer, or the id if ids are texts and there is no name; null if neither is known.';
comment on column conversations.only_agent is 'The name or id of the only agent whose answers count, likewise.';

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
  and coalesce(s.responded_at, s.closed_at, 'infinity') >= l.ts
cross join lateral (
  -- An answer at the time of a close comes before it.
  select case s.status
    when 'answered' then s.responded_at > l.ts
    when 'closed' then s.closed_at > l.ts or (s.closed_at = l.ts and not l.closes)
    when 'open' then true
    when 'given up' then true
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
      response_sessions, session_clock, target_rule, reporting_days, waiting_now,
      response_times_by_day, response_times_by_week, response_times_by_month, response_times_by_hour,
      response_times_by_agent, response_times_by_team,
      reply_times_by_day, reply_times_by_agent, reply_times_by_team,
      response_time_distribution, hour_of_week,
      sla_attainment, sla_attainment_by_week, sla_attainment_by_month, sla_attainment_by_team,
      conversations, late_messages, late_messages_by_hour
      to first_response_reader;
  end if;
end
$$;

insert into first_response_schema (component, version) values ('figures', 1);
