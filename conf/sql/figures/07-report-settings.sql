-- The settings of all figures: the time zone, when a conversation ends, targets, brackets, business hours, and
-- the teams of agents. Change them with plain SQL: all figures, of past days too, follow at once.
--
-- Run again: no. In a transaction: yes.

create table business_calendar (
  name      text not null primary key,
  time_zone text not null,
  -- Fails with PostgreSQL's own words when there is no such zone.
  constraint business_calendar_time_zone check ((timestamptz 'epoch' at time zone time_zone) is not null)
);

comment on table business_calendar is 'Calendars of business time. One of them may be that of the reports (report_settings).';
comment on column business_calendar.name is 'The name of the calendar.';
comment on column business_calendar.time_zone is 'The IANA time zone of its hours, for example Europe/Berlin.';

create type text_range as range (subtype = text);
create type time_range as range (subtype = time);

create table business_hours (
  calendar    text not null references business_calendar on update cascade on delete cascade,
  weekday     integer not null,
  opens       time not null,
  closes      time not null,
  valid_from  date not null default '-infinity',
  valid_until date not null default 'infinity',
  constraint business_hours_weekday check (weekday between 1 and 7),
  constraint business_hours_order check (opens < closes),
  constraint business_hours_validity check (valid_from <= valid_until),
  -- No minute counts twice. Rows that are valid on a single day replace the weekday's other rows, and may
  -- overlap them.
  constraint business_hours_once exclude using gist (
    text_range(calendar, calendar, '[]') with &&,
    int4range(weekday, weekday, '[]') with &&,
    int4range((valid_from = valid_until)::integer, (valid_from = valid_until)::integer, '[]') with &&,
    time_range(opens, closes) with &&,
    daterange(valid_from, valid_until, '[]') with &&)
);

comment on table business_hours is 'When business is open: any number of rows a weekday. A night shift is two rows: until 24:00, and from 00:00 of the next weekday. Rows that are valid on a single day, such as a half holiday, replace the others on that day.';
comment on column business_hours.calendar is 'The calendar of the hours.';
comment on column business_hours.weekday is '1 is Monday, 7 is Sunday.';
comment on column business_hours.opens is 'The first moment that counts, local time.';
comment on column business_hours.closes is 'The first moment that does not count any more, local time; 24:00 for midnight.';
comment on column business_hours.valid_from is 'The first day on which the row is valid.';
comment on column business_hours.valid_until is 'The last day on which the row is valid.';

create table business_holiday (
  calendar text not null references business_calendar on update cascade on delete cascade,
  day      date not null,
  name     text not null default '',
  constraint business_holiday_pkey primary key (calendar, day)
);

comment on table business_holiday is 'Days without business time, whatever business_hours has for them.';
comment on column business_holiday.calendar is 'The calendar of the holiday.';
comment on column business_holiday.day is 'The day, in the calendar''s time zone.';
comment on column business_holiday.name is 'The name of the holiday.';

create table report_settings (
  only_row         boolean not null default true primary key,
  time_zone        text not null default 'UTC',
  conversation_gap interval not null default '24 hours',
  calendar         text references business_calendar on update cascade,
  outside_counts   boolean not null default true,
  closed_counts    boolean not null default false,
  waiting_limit    interval,
  constraint report_settings_one_row check (only_row),
  constraint report_settings_time_zone check ((timestamptz 'epoch' at time zone time_zone) is not null),
  constraint report_settings_gap check (conversation_gap >= interval '0'),
  constraint report_settings_waiting_limit check (waiting_limit > interval '0' and waiting_limit < interval '100 years')
);

comment on table report_settings is 'Time zone, conversation gap, calendar and waiting limit of all figures. One row; change it with update.';
comment on column report_settings.only_row is 'Always true: there is one row.';
comment on column report_settings.time_zone is 'The IANA time zone of days and hours in all figures, for example Europe/Berlin.';
comment on column report_settings.conversation_gap is 'A conversation ends when, after an answer or a close, the customer writes nothing for longer than this. An interval of 100 years or more: conversations never end.';
comment on column report_settings.calendar is 'The calendar of the figures in business time; null: there are none.';
comment on column report_settings.outside_counts is 'Whether sessions that opened outside of business time are in the figures in business time. Many of them are answered before business opens, after 0 seconds of business time.';
comment on column report_settings.closed_counts is 'Whether sessions that were closed without an answer are in shares and in percentiles of all, as never answered. If not, they are counted beside the others only.';
comment on column report_settings.waiting_limit is 'A customer who has waited longer than this without an answer has given up, and does not wait any more: the session has missed every target. Null: nobody gives up.';

insert into report_settings default values;

create function duration_text(duration interval)
returns text
language sql immutable strict parallel safe
as $$
  -- From seconds, so that intervals that are equal have the same text.
  select coalesce(
    nullif(concat_ws(' ',
      case when days > 0 then days || ' days' end,
      case hours when 0 then null when 1 then '1 hour' else hours || ' hours' end,
      case minutes when 0 then null when 1 then '1 minute' else minutes || ' minutes' end,
      case seconds when '0' then null when '1' then '1 second' else seconds || ' seconds' end), ''),
    '0 seconds')
  from (select round((date_part('epoch', duration) * 1000000)::numeric) as micros) exact
  cross join lateral (
    select case when micros >= 172800000000 then trunc(micros / 86400000000) else 0 end as days) whole
  cross join lateral (
    select
      trunc((micros - days * 86400000000) / 3600000000) as hours,
      trunc(mod(micros, 3600000000) / 60000000) as minutes,
      rtrim(rtrim((mod(micros, 60000000) / 1000000)::numeric(8, 6)::text, '0'), '.') as seconds) parts
$$;

comment on function duration_text(interval) is 'A duration in words, for example 1 hour 30 minutes. Days from 48 hours on.';

create table response_target (
  within      interval not null,
  label       text,
  goal        double precision,
  applies_to  jsonb not null default '{}',
  calendar    text references business_calendar on update cascade,
  valid_from  date not null default '-infinity',
  valid_until date not null default 'infinity',
  -- Derived, so that it cannot say another time than the one that counts.
  name        text not null generated always as (
    case when label is null then duration_text(within) else label || ', ' || duration_text(within) end) stored,
  constraint response_target_pkey primary key (name),
  constraint response_target_within check (within >= interval '0'),
  constraint response_target_label check (label <> ''),
  constraint response_target_goal check (goal > 0 and goal <= 1),
  -- Labels are texts: a number would never be contained in them.
  constraint response_target_applies_to check (
    jsonb_typeof(applies_to) = 'object' and not jsonb_path_exists(applies_to, 'strict $.* ? (@.type() <> "string")')),
  constraint response_target_validity check (valid_from <= valid_until)
);

comment on table response_target is 'The targets of sla_attainment and of the shares within targets; any number of them, of which several may apply to a session.';
comment on column response_target.within is 'The longest response time that meets it, inclusive.';
comment on column response_target.label is 'A word before the time, for example chat; null for none.';
comment on column response_target.goal is 'The share of the sessions that should meet it, for example 0.9; null for none.';
comment on column response_target.applies_to is 'The labels that a session must have for the target to apply to it: an object of texts by their names, such as {"channel": "email"}. The name team stands for the session''s team, unless the session has a label of that name: then for the label. {}: all sessions.';
comment on column response_target.calendar is 'The calendar in whose business time the target is measured; null: in clock time.';
comment on column response_target.valid_from is 'The first day of the sessions to which it applies, by their opening, in the time zone of report_settings.';
comment on column response_target.valid_until is 'The last day.';
comment on column response_target.name is 'The target in words: its label and its time.';

insert into response_target (within) values ('1 minute'), ('3 minutes'), ('1 hour');

create table response_bracket (
  up_to interval not null primary key,
  constraint response_bracket_up_to check (up_to >= interval '0')
);

comment on table response_bracket is 'The upper limits of the brackets of response_time_distribution.';
comment on column response_bracket.up_to is 'The longest response time in the bracket, inclusive.';

insert into response_bracket (up_to) values
  ('10 seconds'), ('30 seconds'), ('1 minute'), ('3 minutes'), ('10 minutes'), ('30 minutes'),
  ('1 hour'), ('4 hours'), ('24 hours');

-- Which agent was in which team. For ids that are texts, from a file with the columns id and team:
--
--   create temporary table file (id text, team text);
--   \copy file from 'teams.csv' csv
--   insert into agent_team (agent_id, team) select agent, team from file join tbl_agent using (id);
create table agent_team (
  agent_id    bigint not null,
  team        text not null,
  valid_from  date not null default '-infinity',
  valid_until date not null default 'infinity',
  constraint agent_team_pkey primary key (agent_id, valid_from),
  constraint agent_team_somebody check (agent_id <> -1),
  constraint agent_team_name check (team <> ''),
  constraint agent_team_validity check (valid_from <= valid_until),
  -- An agent is in one team at a time. numrange, because keys of texts may be the largest bigint.
  constraint agent_team_once exclude using gist (
    numrange(agent_id, agent_id, '[]') with &&,
    daterange(valid_from, valid_until, '[]') with &&)
);

comment on table agent_team is 'The team of each agent, any number of rows an agent for different times. Agents without a row are in no team.';
comment on column agent_team.agent_id is 'The agent, as in tbl_agent.';
comment on column agent_team.team is 'The name of the team.';
comment on column agent_team.valid_from is 'The first day on which the agent is in the team, in the time zone of report_settings.';
comment on column agent_team.valid_until is 'The last day.';

create function day_starts_at(day date, zone text)
returns timestamptz
-- Without a search path of its own PostgreSQL inlines it into the calling query.
language sql stable parallel safe
as $$
  -- If clocks go back over midnight, there are two midnights, and "at time zone" gives the second. The first
  -- has the offset of half a day before, if clocks show midnight then.
  select least(
    day::timestamp at time zone zone,
    case
      when ((day::timestamp
          - ((((day::timestamp at time zone zone) - interval '12 hours') at time zone zone)
            - (((day::timestamp at time zone zone) - interval '12 hours') at time zone 'UTC')))
        at time zone 'UTC') at time zone zone = day::timestamp
      then (day::timestamp
          - ((((day::timestamp at time zone zone) - interval '12 hours') at time zone zone)
            - (((day::timestamp at time zone zone) - interval '12 hours') at time zone 'UTC')))
        at time zone 'UTC'
    end)
$$;

comment on function day_starts_at(date, text) is 'The first moment of a day in a time zone. If midnight occurs twice, the first one; if it is skipped, the moment of the skip.';

create function day_of(moment timestamptz, zone text)
returns date
language sql stable parallel safe
set search_path from current
as $$
  -- If clocks go back after midnight to the evening before, the next day has begun at the first midnight.
  select case
    when moment < day_starts_at((moment at time zone zone)::date + 1, zone) then (moment at time zone zone)::date
    else (moment at time zone zone)::date + 1
  end
$$;

comment on function day_of(timestamptz, text) is 'The day of a moment in a time zone: from day_starts_at of the day to day_starts_at of the next, exclusive.';

create function given_up_before(moment timestamptz)
returns timestamptz
language sql stable parallel safe
set search_path from current
as $$
  -- In seconds: days have different lengths.
  select coalesce(moment - make_interval(secs => date_part('epoch', waiting_limit)), '-infinity')
  from report_settings
$$;

comment on function given_up_before(timestamptz) is 'The customers of sessions that opened before this, and are not answered or closed at the moment, have given up by then (report_settings.waiting_limit); -infinity without a limit.';

create function reporting_today()
returns date
language sql stable parallel safe
set search_path from current
as $$
  select day_of(now(), (select time_zone from report_settings))
$$;

comment on function reporting_today() is 'The day that it is now in the time zone of report_settings. current_date is the day in the time zone of the database session.';

create function business_openings(calendar text, first_day date, last_day date)
returns table (opens timestamptz, closes timestamptz)
language sql stable strict parallel safe
set search_path from current
as $$
  select later.opens, later.closes
  from (
    select
      -- No moment counts twice: a time that clocks skip moves into the hour after it, and may overlap there.
      greatest(open.opens, max(open.closes) over (
        order by open.opens, open.closes rows between unbounded preceding and 1 preceding)) as opens,
      open.closes
    from (
      select case h.opens
               when '00:00' then day_starts_at(first_day + n, c.time_zone)
               else (first_day + n + h.opens) at time zone c.time_zone
             end as opens,
             case h.closes
               when '24:00' then day_starts_at(first_day + n + 1, c.time_zone)
               else (first_day + n + h.closes) at time zone c.time_zone
             end as closes
      from generate_series(0, last_day - first_day) n
      join business_hours h
        on h.weekday = date_part('isodow', first_day + n)
       and first_day + n between h.valid_from and h.valid_until
       and (h.valid_from = h.valid_until or not exists (
         select from business_hours only_then
         where only_then.calendar = h.calendar
           and only_then.weekday = h.weekday
           and only_then.valid_from = first_day + n
           and only_then.valid_until = first_day + n))
      join business_calendar c on c.name = h.calendar
      where c.name = business_openings.calendar
        and not exists (
          select from business_holiday o where o.calendar = c.name and o.day = first_day + n)) open
    where open.opens < open.closes) later
  where later.opens < later.closes
  order by later.opens
$$;

comment on function business_openings(text, date, date) is 'When the business of a calendar is open on days of its own time zone: from opens to closes, exclusive, in order.';

create function business_seconds(starts_at timestamptz, ends_at timestamptz, calendar text)
returns double precision
language plpgsql stable strict parallel safe
set search_path from current
as $$
declare
  zone text := (select c.time_zone from business_calendar c where c.name = calendar);
begin
  if zone is null then
    raise exception 'There is no calendar "%" in business_calendar.', calendar
      using errcode = 'invalid_parameter_value';
  end if;
  return (
    -- Summed as intervals, which are exact to the microsecond.
    select coalesce(date_part('epoch',
        sum(least(o.closes, business_seconds.ends_at)
          - greatest(o.opens, business_seconds.starts_at))), 0)
    from business_openings(
      calendar,
      -- From the day before: an hour that occurs twice at midnight may belong to it.
      (business_seconds.starts_at at time zone zone)::date - 1,
      (business_seconds.ends_at at time zone zone)::date) o
    where o.opens < business_seconds.ends_at and o.closes > business_seconds.starts_at
      and business_seconds.starts_at < business_seconds.ends_at);
end
$$;

comment on function business_seconds(timestamptz, timestamptz, text) is 'The seconds between two moments during which the business of the calendar is open. Null if an argument is null, 0 if the second moment is not after the first.';

-- The openings that business_seconds computes in each call, computed once for many sessions: a clock that
-- runs while business is open. At a moment t it shows
--   least(t, closes[i]) - ahead[i]  with  i = width_bucket(t, opens),
-- and the business time between two moments is the difference of what it shows.
create function business_clock(
  inout calendar text, first_moment timestamptz, inout last_moment timestamptz,
  out opens timestamptz[], out closes timestamptz[], out ahead interval[])
language plpgsql stable strict parallel safe
set search_path from current
as $$
declare
  zone text := (select c.time_zone from business_calendar c where c.name = calendar);
begin
  select array_agg(c.opens order by c.opens), array_agg(c.closes order by c.opens),
         -- In seconds: days have different lengths in different time zones.
         array_agg(make_interval(secs => c.ahead) order by c.opens)
  into business_clock.opens, business_clock.closes, business_clock.ahead
  from (
    -- The clock stands still before the first opening.
    select timestamptz '-infinity' as opens, first_moment as closes, date_part('epoch', first_moment) as ahead
    union all
    select o.opens, o.closes,
      date_part('epoch', o.opens) - coalesce(date_part('epoch', sum(o.closes - o.opens) over (
        order by o.opens rows between unbounded preceding and 1 preceding)), 0)
    from business_openings(
      calendar,
      (first_moment at time zone zone)::date - 1,
      (last_moment at time zone zone)::date) o) c;
end
$$;

comment on function business_clock(text, timestamptz, timestamptz) is 'A clock that runs while the business of a calendar is open, valid from the first moment to the last.';

-- The rights that optional/roles.sql grants, if it was run before.
do $$
begin
  if exists (select from pg_roles where rolname = 'first_response_lead') then
    grant select, update on report_settings to first_response_lead;
    grant select, insert, update, delete on
      response_target, response_bracket, business_calendar, business_hours, business_holiday, agent_team
      to first_response_lead;
  end if;
end
$$;

-- Autovacuum never does it for so few changes, and without it the planner expects hundreds of rows of settings. Then
-- each view seems to be expensive enough to compile (PostgreSQL's JIT), which takes many times as long as the query.
analyze report_settings, response_target, response_bracket;

insert into first_response_schema (component, version) values ('report_settings', 1);
