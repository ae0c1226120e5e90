-- The figures of support leads, computed from response_sessions: views to read. A figure belongs to the day or
-- hour, in the time zone of report_settings, in which its sessions opened. Filter by day: only the
-- days in the filter are computed.
--
-- Percentiles are nearest-rank: P90 is the shortest real response time that covers at least 90 % of the
-- answered sessions. So "P90 is within the target" and "at least 90 % are within it" are the same
-- statement. Percentiles "of all" count unanswered sessions as never answered. If too few were answered,
-- they are null.
--
-- Three views compute all figures from the rows: figures_of_rows, agent_figures_of_rows,
-- clock_hour_figures_of_rows. With optional/rollups.sql they compute only the days without stored figures.
--
-- "offset 0" prevents PostgreSQL from computing the times of a session again for each figure. Times are
-- sorted: waits[n] is the nth, and width_bucket(t, waits) is the number of times that are at most t.
--
-- Run again: no. In a transaction: yes.

create view reporting_days as
select
  f.first_day + n as day,
  day_starts_at(f.first_day + n, g.time_zone) as starts_at,
  day_starts_at(f.first_day + n + 1, g.time_zone) as ends_at
from report_settings g
cross join lateral (
  select day_of(min(opened_at), g.time_zone) as first_day,
         day_of(max(opened_at), g.time_zone) as last_day
  from response_sessions) f
cross join lateral generate_series(0, f.last_day - f.first_day) n;

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
  business_seconds(opened_at, now(), (select calendar from report_settings)) as business_seconds,
  is_first_reply,
  customer,
  asked_agent
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
comment on column waiting_now.is_first_reply is 'Whether the customer waits for the first reply of a conversation.';
comment on column waiting_now.customer is 'The name of the customer, or the id if ids are texts and there is no name; null if neither is known.';
comment on column waiting_now.asked_agent is 'The name or id of the agent whom that message was written to, likewise.';

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
  is_first_reply boolean)
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
    coalesce(s.opened_at - s.previous_ended_at > gap, true)
  from (
    select
      s.customer_id, s.opened_at, s.asked_agent_id, s.only_agent_id,
      s.responder_id, s.responded_at, s.response_seconds,
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

create view days_to_compute as
select day, starts_at, ends_at from reporting_days;

comment on view days_to_compute is 'Internal: the days whose figures are computed from the rows: all days, or with optional/rollups.sql those without stored figures.';

create view figures_of_rows as
select
  p.grain,
  p.day,
  p.starts_at,
  p.ends_at,
  f.sessions,
  f.answered,
  array[
    f.waits[((f.answered * 50 + 99) / 100)::integer],
    f.waits[((f.answered * 90 + 99) / 100)::integer],
    f.waits[((f.answered * 95 + 99) / 100)::integer]] as answered_at_rank,
  array[
    f.waits[((f.sessions * 50 + 99) / 100)::integer],
    f.waits[((f.sessions * 90 + 99) / 100)::integer],
    f.waits[((f.sessions * 95 + 99) / 100)::integer]] as all_at_rank,
  f.mean_seconds,
  array[
    f.business_waits[(cardinality(f.business_waits) * 50 + 99) / 100],
    f.business_waits[(cardinality(f.business_waits) * 90 + 99) / 100],
    f.business_waits[(cardinality(f.business_waits) * 95 + 99) / 100]] as business_at_rank,
  f.business_mean_seconds,
  (select jsonb_object_agg(t.name, width_bucket(date_part('epoch', t.within), f.waits))
   from response_target t) as within,
  case when (select calendar from report_settings) is not null then
    (select jsonb_object_agg(t.name, width_bucket(date_part('epoch', t.within), f.business_waits))
     from response_target t) end as business_within,
  (select array_agg(width_bucket(date_part('epoch', b.up_to), f.waits) order by b.up_to)
   from response_bracket b) as up_to
from (
  select 'day' as grain, day, starts_at, ends_at from days_to_compute
  union all
  -- Elapsed hours: a day has 23 or 25 of them when clocks change.
  select 'hour', d.day, at, least(at + interval '1 hour', d.ends_at)
  from days_to_compute d
  cross join lateral generate_series(d.starts_at, d.ends_at - interval '1 microsecond', interval '1 hour') at) p
cross join lateral (
  select
    count(*) as sessions,
    count(s.responded_at) as answered,
    coalesce(array_agg(s.response_seconds order by s.response_seconds)
      filter (where s.response_seconds is not null), '{}') as waits,
    avg(s.response_seconds) as mean_seconds,
    coalesce(array_agg(s.business_seconds order by s.business_seconds)
      filter (where s.business_seconds is not null), '{}') as business_waits,
    avg(s.business_seconds) as business_mean_seconds
  from (
    select responded_at, response_seconds, business_seconds
    from response_sessions
    where opened_at >= p.starts_at and opened_at < p.ends_at
    offset 0) s) f;

comment on view figures_of_rows is 'Internal: the figures of a day or an hour: sessions, percentiles (50, 90, 95), and how many were answered within each target and up to each bracket.';

create view figures as select * from figures_of_rows;

comment on view figures is 'Internal: the same figures, taken from stored ones where available.';

create view agent_figures_of_rows as
select
  d.day,
  f.agent_id,
  f.asked,
  f.asked_unanswered,
  f.answered,
  array[
    f.waits[((f.answered * 50 + 99) / 100)::integer],
    f.waits[((f.answered * 90 + 99) / 100)::integer],
    f.waits[((f.answered * 95 + 99) / 100)::integer]] as answered_at_rank,
  f.mean_seconds,
  array[
    f.business_waits[(cardinality(f.business_waits) * 50 + 99) / 100],
    f.business_waits[(cardinality(f.business_waits) * 90 + 99) / 100],
    f.business_waits[(cardinality(f.business_waits) * 95 + 99) / 100]] as business_at_rank,
  f.business_mean_seconds,
  (select jsonb_object_agg(
     t.name,
     width_bucket(date_part('epoch', t.within), f.waits) / nullif(f.answered, 0)::double precision)
   from response_target t) as within_targets,
  case when (select calendar from report_settings) is not null then
    (select jsonb_object_agg(
       t.name,
       width_bucket(date_part('epoch', t.within), f.business_waits)
         / nullif(f.answered, 0)::double precision)
     from response_target t) end as business_within_targets
from days_to_compute d
cross join lateral (
  select
    v.agent_id,
    count(*) filter (where not v.answered) as asked,
    count(*) filter (where not v.answered and s.responded_at is null) as asked_unanswered,
    count(*) filter (where v.answered) as answered,
    coalesce(array_agg(s.response_seconds order by s.response_seconds)
      filter (where v.answered), '{}') as waits,
    avg(s.response_seconds) filter (where v.answered) as mean_seconds,
    coalesce(array_agg(s.business_seconds order by s.business_seconds)
      filter (where v.answered and s.business_seconds is not null), '{}') as business_waits,
    avg(s.business_seconds) filter (where v.answered) as business_mean_seconds
  from (
    select asked_agent_id, responder_id, responded_at, response_seconds, business_seconds
    from response_sessions
    where opened_at >= d.starts_at and opened_at < d.ends_at
    offset 0) s
  cross join lateral (values (s.responder_id, true), (s.asked_agent_id, false)) v (agent_id, answered)
  where v.agent_id is not null
  group by v.agent_id) f;

comment on view agent_figures_of_rows is 'Internal: the figures of an agent''s day.';

create view agent_figures as select * from agent_figures_of_rows;

comment on view agent_figures is 'Internal: the same figures, taken from stored ones where available.';

create view clock_hour_figures_of_rows as
select
  d.day,
  hour,
  coalesce(f.sessions, 0) as sessions,
  coalesce(f.answered, 0) as answered,
  coalesce(f.total_seconds, 0) as total_seconds,
  f.mean_seconds,
  f.answered_at_rank
from days_to_compute d
cross join generate_series(0, 23) hour
left join lateral (
  select
    date_part('hour', s.opened_at at time zone (select time_zone from report_settings))::integer as hour,
    count(*) as sessions,
    count(s.responded_at) as answered,
    sum(s.response_seconds) as total_seconds,
    avg(s.response_seconds) as mean_seconds,
    percentile_disc(array[0.5, 0.9]) within group (order by s.response_seconds) as answered_at_rank
  from (
    select opened_at, responded_at, response_seconds
    from response_sessions
    where opened_at >= d.starts_at and opened_at < d.ends_at
    offset 0) s
  group by 1) f using (hour);

comment on view clock_hour_figures_of_rows is 'Internal: the figures of an hour on the clock.';

create view clock_hour_figures as select * from clock_hour_figures_of_rows;

comment on view clock_hour_figures is 'Internal: the same figures, taken from stored ones where available.';

-- Two views of the same columns.
do $$
declare
  grain text;
begin
  foreach grain in array array['day', 'hour'] loop
    execute replace($views$
      create view response_times_by_GRAIN as
      select
        day,
        starts_at,
        ends_at,
        sessions,
        answered,
        sessions - answered as unanswered,
        answered_at_rank[1] as median_seconds,
        answered_at_rank[2] as p90_seconds,
        answered_at_rank[3] as p95_seconds,
        all_at_rank[1] as median_of_all_seconds,
        all_at_rank[2] as p90_of_all_seconds,
        all_at_rank[3] as p95_of_all_seconds,
        mean_seconds,
        business_at_rank[1] as business_median_seconds,
        business_at_rank[2] as business_p90_seconds,
        business_at_rank[3] as business_p95_seconds,
        business_mean_seconds,
        (select jsonb_object_agg(key, value::bigint / nullif(sessions, 0)::double precision)
         from jsonb_each_text(within)) as within_targets,
        (select jsonb_object_agg(key, value::bigint / nullif(sessions, 0)::double precision)
         from jsonb_each_text(business_within)) as business_within_targets
      from figures
      where grain = 'GRAIN';

      comment on column response_times_by_GRAIN.sessions is 'How many sessions opened.';
      comment on column response_times_by_GRAIN.answered is 'How many of them have been answered by now.';
      comment on column response_times_by_GRAIN.unanswered is 'How many of them have not been answered.';
      comment on column response_times_by_GRAIN.median_seconds is 'The median response time of answered sessions, in seconds; null if there are none.';
      comment on column response_times_by_GRAIN.p90_seconds is 'The shortest real response time that covers at least 90 % of those, in seconds.';
      comment on column response_times_by_GRAIN.p95_seconds is 'The shortest real response time that covers at least 95 % of those, in seconds.';
      comment on column response_times_by_GRAIN.median_of_all_seconds is 'The shortest response time that covers half of all sessions, in seconds; unanswered ones count as never answered. Null if fewer than half have been answered.';
      comment on column response_times_by_GRAIN.p90_of_all_seconds is 'The shortest response time that covers 90 % of all sessions, in seconds; unanswered ones count as never answered. Null if fewer than 90 % have been answered.';
      comment on column response_times_by_GRAIN.p95_of_all_seconds is 'The shortest response time that covers 95 % of all sessions, in seconds; unanswered ones count as never answered. Null if fewer than 95 % have been answered.';
      comment on column response_times_by_GRAIN.mean_seconds is 'The mean response time of answered sessions, in seconds.';
      comment on column response_times_by_GRAIN.business_median_seconds is 'The median in business time, in seconds; null without a calendar.';
      comment on column response_times_by_GRAIN.business_p90_seconds is 'The P90 in business time, in seconds; null without a calendar.';
      comment on column response_times_by_GRAIN.business_p95_seconds is 'The P95 in business time, in seconds; null without a calendar.';
      comment on column response_times_by_GRAIN.business_mean_seconds is 'The mean in business time, in seconds; null without a calendar.';
      comment on column response_times_by_GRAIN.within_targets is 'For each target of response_target by its name: the share of all sessions, answered or not, answered within it.';
      comment on column response_times_by_GRAIN.business_within_targets is 'The same in business time; null without a calendar.';
    $views$, 'GRAIN', grain);
  end loop;
end
$$;

comment on view response_times_by_day is 'Sessions and response times of each day, days without sessions too.';
comment on column response_times_by_day.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column response_times_by_day.starts_at is 'Its first moment.';
comment on column response_times_by_day.ends_at is 'The first moment of the next day.';
comment on view response_times_by_hour is 'Sessions and response times of each hour, hours without sessions too.';
comment on column response_times_by_hour.day is 'The day of the hour, in the time zone of report_settings.';
comment on column response_times_by_hour.starts_at is 'The first moment of the hour in which the sessions opened.';
comment on column response_times_by_hour.ends_at is 'The first moment after it.';

create view response_times_by_agent as
select
  day,
  agent_id,
  asked,
  asked_unanswered,
  answered,
  answered_at_rank[1] as median_seconds,
  answered_at_rank[2] as p90_seconds,
  answered_at_rank[3] as p95_seconds,
  mean_seconds,
  business_at_rank[1] as business_median_seconds,
  business_at_rank[2] as business_p90_seconds,
  business_at_rank[3] as business_p95_seconds,
  business_mean_seconds,
  within_targets,
  business_within_targets,
  coalesce(a.name, a.id) as agent
from agent_figures f
left join tbl_agent a on a.agent = f.agent_id;

comment on view response_times_by_agent is 'Each agent''s sessions of each day. A response time counts for the agent who answered, not for the one written to.';
comment on column response_times_by_agent.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column response_times_by_agent.agent_id is 'The agent.';
comment on column response_times_by_agent.asked is 'How many sessions opened with a message to the agent, whoever answered.';
comment on column response_times_by_agent.asked_unanswered is 'How many of those nobody has answered, closed ones too.';
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

create view response_time_distribution as
select
  f.day,
  b.position,
  b.bracket,
  b.more_than,
  b.up_to,
  b.sessions,
  b.sessions / nullif(f.sessions, 0)::double precision as share
from figures f
cross join lateral (
  select
    limits.position,
    case when limits.up_to is null then 'longer' else 'up to ' || limits.up_to end as bracket,
    limits.more_than,
    limits.up_to,
    -- The sessions up to this limit, less those up to the limit before.
    coalesce(f.up_to[limits.position::integer], f.answered)
      - coalesce(f.up_to[limits.position::integer - 1], 0) as sessions
  from (
    select row_number() over (order by up_to) as position, more_than, up_to
    from (
      select lag(up_to) over (order by up_to) as more_than, up_to from response_bracket
      union all
      select max(up_to), null from response_bracket) up_to) limits
  union all
  select (select count(*) + 2 from response_bracket), 'unanswered', null, null, f.sessions - f.answered
  offset 0) b
where f.grain = 'day';

comment on view response_time_distribution is 'How many sessions of each day have a response time in each bracket of response_bracket.';
comment on column response_time_distribution.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column response_time_distribution.position is 'Orders the brackets of a day: from the shortest to the longest, and unanswered.';
comment on column response_time_distribution.bracket is 'The name of the bracket: up to its longest time, longer than all of them, or unanswered.';
comment on column response_time_distribution.more_than is 'Response times in the bracket are longer than this; null for the first, and for unanswered.';
comment on column response_time_distribution.up_to is 'The longest response time in the bracket; null for the last, and for unanswered.';
comment on column response_time_distribution.sessions is 'How many sessions are in the bracket. May be summed over days.';
comment on column response_time_distribution.share is 'Their share of all sessions of the day; null if there were none.';

create view hour_of_week as
select
  day,
  date_part('isodow', day)::integer as weekday,
  hour,
  sessions,
  answered,
  sessions - answered as unanswered,
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
comment on column hour_of_week.unanswered is 'How many of them have not been answered.';
comment on column hour_of_week.total_seconds is 'The sum of their response times. Divided by the sum of answered, it is the mean of several days.';
comment on column hour_of_week.mean_seconds is 'The mean response time of the answered sessions, in seconds; null if there are none.';
comment on column hour_of_week.median_seconds is 'Their median, in seconds.';
comment on column hour_of_week.p90_seconds is 'The shortest real response time that covers at least 90 % of them, in seconds.';

create view sla_attainment as
select
  f.day,
  t.name as target,
  t.within as target_time,
  f.sessions,
  f.answered,
  f.sessions - f.answered as unanswered,
  t.within_target,
  t.within_target / nullif(f.sessions, 0)::double precision as share,
  t.business_within_target,
  t.business_within_target / nullif(f.sessions, 0)::double precision as business_share,
  f.answered_at_rank[1] as median_seconds,
  f.answered_at_rank[2] as p90_seconds,
  f.answered_at_rank[3] as p95_seconds,
  f.all_at_rank[1] as median_of_all_seconds,
  f.all_at_rank[2] as p90_of_all_seconds,
  f.all_at_rank[3] as p95_of_all_seconds
from figures f
cross join lateral (
  select
    name,
    within,
    (f.within ->> name)::bigint as within_target,
    (f.business_within ->> name)::bigint as business_within_target
  from response_target
  offset 0) t
where f.grain = 'day';

comment on view sla_attainment is 'How many sessions of each day were answered within each target of response_target. Sum the counts for longer periods; never average the shares.';
comment on column sla_attainment.day is 'The day in which the sessions opened, in the time zone of report_settings.';
comment on column sla_attainment.target is 'The target''s name.';
comment on column sla_attainment.target_time is 'The longest response time that meets it, inclusive.';
comment on column sla_attainment.sessions is 'How many sessions opened, answered or not.';
comment on column sla_attainment.answered is 'How many of them have been answered.';
comment on column sla_attainment.unanswered is 'How many of them have not been answered; those do not meet the target.';
comment on column sla_attainment.within_target is 'How many of them were answered within the target.';
comment on column sla_attainment.share is 'The share of all sessions that were answered within the target; null if there were none.';
comment on column sla_attainment.business_within_target is 'How many were answered within the target in business time; null without a calendar.';
comment on column sla_attainment.business_share is 'Their share of all sessions; null without a calendar.';
comment on column sla_attainment.median_seconds is 'The median response time of answered sessions, in seconds.';
comment on column sla_attainment.p90_seconds is 'The shortest real response time that covers at least 90 % of the answered sessions, in seconds.';
comment on column sla_attainment.p95_seconds is 'The shortest real response time that covers at least 95 % of the answered sessions, in seconds.';
comment on column sla_attainment.median_of_all_seconds is 'The shortest response time that covers half of all sessions, in seconds; unanswered ones count as never answered. Null if fewer than half have been answered.';
comment on column sla_attainment.p90_of_all_seconds is 'The shortest response time that covers 90 % of all sessions, in seconds; unanswered ones count as never answered. Null if fewer than 90 % have been answered.';
comment on column sla_attainment.p95_of_all_seconds is 'The shortest response time that covers 95 % of all sessions, in seconds; unanswered ones count as never answered. Null if fewer than 95 % have been answered.';

create view late_messages as
select
  l.b as customer_id,
  nullif(l.a, -1) as agent_id,
  l.ts as sent_at,
  case when not l.closes then l.direct end as from_agent,
  l.automated,
  l.lateness,
  case
    when l.closes and s.waiting_then then 'close unseen'
    when l.direct and s.waiting_then then 'answer unseen'
    when not l.closes and not l.direct and s.opened_at is null then 'question unseen'
    else 'none'
  end as effect,
  case when not (l.closes or l.direct) or s.waiting_then then s.opened_at end as session_opened_at,
  case when l.direct and s.waiting_then then date_part('epoch', s.responded_at - l.ts) end as overstated_seconds,
  coalesce(c.name, c.id) as customer,
  coalesce(a.name, a.id) as agent,
  l.closes
from tbl_late l
left join tbl_customer c on c.customer = l.b
left join tbl_agent a on a.agent = l.a
left join lateral (
  select o.opened_at, o.responded_at,
    -- An answer at the time of a close comes before it.
    case
      when o.responded_at is not null then o.responded_at > l.ts
      when o.closed_at is not null then o.closed_at > l.ts or (o.closed_at = l.ts and not l.closes)
      else true
    end as waiting_then
  from response_sessions o
  where o.customer_id = l.b
    and (o.only_agent_id is null or o.only_agent_id = l.a)
    and o.opened_at <= l.ts
    and (coalesce(o.responded_at, o.closed_at) is null or coalesce(o.responded_at, o.closed_at) >= l.ts)
  order by o.opened_at desc limit 1) s on true;

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
      report_settings, response_target, response_bracket,
      business_calendar, business_hours, business_holiday,
      response_sessions, reporting_days, waiting_now,
      response_times_by_day, response_times_by_hour, response_times_by_agent,
      response_time_distribution, hour_of_week, sla_attainment,
      late_messages, late_messages_by_hour
      to first_response_reader;
  end if;
end
$$;

insert into first_response_schema (component, version) values ('figures', 1);
