-- Optional: stored figures of whole days, weeks and months, which make figures of a year fast; docs: figures.md. Triggers on
-- tbl_result record for each statement which hours it wrote. They make the writes of the job a little
-- slower, so it does not run this file. Run it after figures/09-figures.sql, as the owner of the tables,
-- and then at regular times:
--
--   select refresh_figures();
--
-- Stored figures of a period are used only if no session of it has changed since they were computed, and the
-- settings are the same. All others are computed from the rows, as without this file. So the figures are
-- the same whenever they were refreshed, or never.
--
-- Run again: no. In a transaction: yes.

-- Intervals as numbers of seconds: the text of an interval depends on settings of the database session.
create view figure_settings as
select jsonb_build_object(
  'time_zone', g.time_zone,
  'targets', (
    select jsonb_object_agg(t.name, jsonb_build_array(
      date_part('epoch', t.within), t.applies_to, t.calendar, t.valid_from, t.valid_until))
    from response_target t),
  'brackets', (
    select jsonb_agg(date_part('epoch', b.up_to) order by b.up_to) from response_bracket b),
  'calendar', g.calendar,
  'calendars', (
    select jsonb_agg(to_jsonb(c) order by c.name) from business_calendar c where c.name = any(u.calendars)),
  'hours', (
    select jsonb_agg(to_jsonb(h) order by h.calendar, h.weekday, h.opens, h.valid_from, h.valid_until)
    from business_hours h where h.calendar = any(u.calendars)),
  'holidays', (
    select jsonb_agg(jsonb_build_array(o.calendar, o.day) order by o.calendar, o.day)
    from business_holiday o where o.calendar = any(u.calendars)),
  'outside_counts', g.outside_counts,
  'closed_counts', g.closed_counts,
  'teams', (select jsonb_agg(to_jsonb(t) order by t.agent_id, t.valid_from) from agent_team t)
) as settings
from report_settings g
-- Those that figures are computed with.
cross join lateral (
  select array(select g.calendar union select t.calendar from response_target t) as calendars) u;

comment on view figure_settings is 'Internal: the settings that stored figures depend on, besides the rows.';

create table rollup_settings (
  only_row boolean not null default true primary key,
  settings jsonb not null,
  constraint rollup_settings_one_row check (only_row)
);

comment on table rollup_settings is 'The settings that all stored figures were computed with; no row: no figures are stored.';

create table rollup_written (
  hour timestamptz not null
);

create index rollup_written_hour on rollup_written (hour);

comment on table rollup_written is 'Hours of tbl_result.b_ts with rows that were written since the last refresh. An hour may have several rows.';

create table rollup_figures as select * from figures_of_rows with no data;
create table rollup_agent_figures as select * from agent_figures_of_rows with no data;
create table rollup_team_figures as select * from team_figures_of_rows with no data;
create table rollup_clock_hour_figures as select * from clock_hour_figures_of_rows with no data;

alter table rollup_figures add primary key (grain, starts_at);
alter table rollup_agent_figures add primary key (day, agent_id);
-- Sessions of nobody and of agents in no team have no team.
create unique index rollup_team_figures_once on rollup_team_figures (day, coalesce(team, ''));
alter table rollup_clock_hour_figures add primary key (day, hour);

comment on table rollup_figures is 'Rows of figures_of_rows at the time of the refresh.';
comment on table rollup_agent_figures is 'Rows of agent_figures_of_rows at the time of the refresh.';
comment on table rollup_team_figures is 'Rows of team_figures_of_rows at the time of the refresh.';
comment on table rollup_clock_hour_figures is 'Rows of clock_hour_figures_of_rows at the time of the refresh.';

create function note_written()
returns trigger
-- With the rights of the owner: the role of the job may write tbl_result and none of these tables.
language plpgsql security definer
set search_path from current
as $$
begin
  if tg_op = 'TRUNCATE' then
    delete from rollup_settings;
    return null;
  end if;
  -- An hour that has a row needs no second one, if that row stays until this transaction has committed: the
  -- lock ensures it. It skips rows that a refresh is deleting, instead of waiting, and adds new ones.
  insert into rollup_written (hour)
  select h.hour
  from (
    select to_timestamp(w.hour * 3600) as hour
    from (select distinct floor(date_part('epoch', b_ts) / 3600) as hour from written) w) h
  where not exists (
    select from rollup_written n where n.hour = h.hour for key share skip locked);
  return null;
end
$$;

comment on function note_written() is 'Records in rollup_written the hours in which the sessions written by a statement opened.';

-- What a key stands for is written before or after the sessions that have it, and does not change. A refresh
-- stores nothing of sessions whose labels are not there yet.
create function note_labels()
returns trigger
language plpgsql security definer
set search_path from current
as $$
begin
  delete from rollup_settings;
  return null;
end
$$;

comment on function note_labels() is 'Makes all stored figures invalid, when somebody has changed or deleted label sets.';

create trigger rollup_labels after update or delete or truncate on tbl_labels
  for each statement execute function note_labels();

create trigger rollup_insert after insert on tbl_result
  referencing new table as written
  for each statement execute function note_written();
create trigger rollup_update after update on tbl_result
  referencing new table as written
  for each statement execute function note_written();
create trigger rollup_update_from after update on tbl_result
  referencing old table as written
  for each statement execute function note_written();
create trigger rollup_delete after delete on tbl_result
  referencing old table as written
  for each statement execute function note_written();
create trigger rollup_truncate after truncate on tbl_result
  for each statement execute function note_written();

create view kept_periods as
select p.grain, p.day, p.starts_at, p.ends_at
from reporting_periods p
join rollup_figures r
  -- Start and end too: the rules of time zones change.
  on r.grain = p.grain and r.day = p.day and r.starts_at = p.starts_at and r.ends_at = p.ends_at
where (select settings from figure_settings) = (select settings from rollup_settings)
  and not exists (
    select from rollup_written w
    where w.hour > p.starts_at - interval '1 hour' and w.hour < p.ends_at);

comment on view kept_periods is 'Internal: the days, weeks and months whose stored figures are valid.';

create view kept_days as
select day, starts_at, ends_at from kept_periods where grain = 'day';

comment on view kept_days is 'Internal: the days whose stored figures are valid.';

-- "in" evaluates kept_periods once for each query. The plan of a join would depend on estimates.
create or replace view periods_to_compute as
select grain, day, starts_at, ends_at from reporting_periods
where grain = 'day' and day not in (select day from kept_days)
union all
select grain, day, starts_at, ends_at from reporting_periods
where grain = 'week' and day not in (select day from kept_periods where grain = 'week')
union all
select grain, day, starts_at, ends_at from reporting_periods
where grain = 'month' and day not in (select day from kept_periods where grain = 'month');

create or replace view figures as
select * from figures_of_rows
union all
select * from rollup_figures where grain in ('day', 'hour') and (day in (select day from kept_days)) is true
union all
select * from rollup_figures
where grain = 'week' and (day in (select day from kept_periods where grain = 'week')) is true
union all
select * from rollup_figures
where grain = 'month' and (day in (select day from kept_periods where grain = 'month')) is true;

create or replace view agent_figures as
select * from agent_figures_of_rows
union all
select * from rollup_agent_figures where (day in (select day from kept_days)) is true;

create or replace view team_figures as
select * from team_figures_of_rows
union all
select * from rollup_team_figures where (day in (select day from kept_days)) is true;

create or replace view clock_hour_figures as
select * from clock_hour_figures_of_rows
union all
select * from rollup_clock_hour_figures where (day in (select day from kept_days)) is true;

create function refresh_figures()
returns integer
-- With the rights of the owner: a caller needs the right to execute it and no other.
language plpgsql security definer
set search_path from current
set jit = off
as $$
declare
  today timestamptz := now();
  noted tid[];
  days date[];
  weeks date[];
  months date[];
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'refresh_figures() has to see what is committed while it runs: call it in a transaction that is read committed.'
      using errcode = 'active_sql_transaction';
  end if;
  -- tbl_result and tbl_labels first, as whoever truncates them locks them. Then one refresh at a time, and no change of
  -- settings meanwhile. Neither readers nor the job wait.
  lock table tbl_result, tbl_labels in access share mode;
  lock table rollup_settings in share row exclusive mode;
  lock table report_settings, response_target, response_bracket,
    business_calendar, business_hours, business_holiday, agent_team in share mode;
  if (select settings from rollup_settings) is distinct from (select settings from figure_settings) then
    delete from rollup_figures;
    delete from rollup_agent_figures;
    delete from rollup_team_figures;
    delete from rollup_clock_hour_figures;
    delete from rollup_settings;
    insert into rollup_settings (settings) select settings from figure_settings;
  end if;
  -- Rows that open transactions have locked stay: the figures of their days are not stored.
  noted := array(select ctid from rollup_written for update skip locked);
  days := array(select day from periods_to_compute where grain = 'day' and ends_at <= today);
  weeks := array(select day from periods_to_compute where grain = 'week' and ends_at <= today);
  months := array(select day from periods_to_compute where grain = 'month' and ends_at <= today);
  delete from rollup_agent_figures where day not in (select day from kept_days);
  delete from rollup_team_figures where day not in (select day from kept_days);
  delete from rollup_clock_hour_figures where day not in (select day from kept_days);
  delete from rollup_figures r
  where not exists (
    select from kept_periods k
    where k.day = r.day and k.grain = case r.grain when 'hour' then 'day' else r.grain end);
  delete from rollup_written where ctid = any(noted);
  -- Figures by label of sessions whose labels are not written yet are computed from the rows until a later
  -- refresh. Before the figures: labels that are there now are there then.
  insert into rollup_written (hour)
  select distinct to_timestamp(floor(date_part('epoch', r.b_ts) / 3600) * 3600)
  from tbl_result r
  where exists (select from response_target t where t.applies_to <> '{}')
    and r.labels is not null
    and not exists (select from tbl_labels l where l.labels = r.labels)
    and r.b_ts >= (select min(p.starts_at) from periods_to_compute p)
    and r.b_ts < today;
  -- Each statement sees what was committed before it. A later commit adds a row to rollup_written, so stored
  -- figures that are of different states are not used. The last statements make the periods stored ones.
  insert into rollup_agent_figures select * from agent_figures_of_rows where day = any(days);
  insert into rollup_team_figures select * from team_figures_of_rows where day = any(days);
  insert into rollup_clock_hour_figures select * from clock_hour_figures_of_rows where day = any(days);
  insert into rollup_figures
  select * from figures_of_rows where grain = 'hour' and day = any(days)
  union all
  select * from figures_of_rows where grain = 'day' and day = any(days);
  insert into rollup_figures select * from figures_of_rows where grain = 'week' and day = any(weeks);
  insert into rollup_figures select * from figures_of_rows where grain = 'month' and day = any(months);
  return cardinality(days);
end
$$;

comment on function refresh_figures() is 'Computes and stores the figures of past days, weeks and months that have no valid stored ones. Returns the number of those days. Figures are the same before and after.';

revoke execute on function refresh_figures() from public;

-- Functions with the rights of their owner must not resolve names to temporary tables of the caller.
do $$
begin
  execute format('alter function note_written() set search_path = %I, pg_temp', current_schema());
  execute format('alter function note_labels() set search_path = %I, pg_temp', current_schema());
  execute format('alter function refresh_figures() set search_path = %I, pg_temp', current_schema());
end
$$;

insert into first_response_schema (component, version) values ('rollups', 1);
