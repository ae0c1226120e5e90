-- Optional: figures of whole days, kept, so that a year of them is there at once. Triggers note for
-- each statement on tbl_result which hours it wrote. That costs the job a little, so it does not run
-- this file; docs: figures.md. Run it after 10-figures.sql, as the owner of the
-- tables, and then at regular times:
--
--   select refresh_figures();
--
-- What is kept of a day is told while nothing of the day has been written since and the settings are
-- those that it was computed with; all else is computed from the rows, as without this file. So the
-- figures are the same whenever they were refreshed, or never.

-- What the figures are made with. Moments and lengths of time as numbers: no session's settings change
-- how those are written.
create view figure_settings as
select jsonb_build_object(
  'time_zone', g.time_zone,
  'targets', (
    select jsonb_object_agg(t.name, date_part('epoch', t.within)) from response_target t),
  'brackets', (
    select jsonb_agg(date_part('epoch', b.up_to) order by b.up_to) from response_bracket b),
  'calendar', (select to_jsonb(c) from business_calendar c where c.name = g.calendar),
  'hours', (
    select jsonb_agg(to_jsonb(h) order by h.weekday, h.opens, h.valid_from, h.valid_until)
    from business_hours h where h.calendar = g.calendar),
  'holidays', (
    select jsonb_agg(o.day order by o.day) from business_holiday o where o.calendar = g.calendar)
) as settings
from report_settings g;

comment on view figure_settings is 'Inner: what the kept figures depend on beside the rows.';

create table rollup_settings (
  only_row boolean not null default true primary key,
  settings jsonb not null,
  constraint rollup_settings_one_row check (only_row)
);

comment on table rollup_settings is 'The settings that all kept figures were computed with; no row: nothing is kept.';

create table rollup_written (
  hour timestamptz not null
);

create index rollup_written_hour on rollup_written (hour);

comment on table rollup_written is 'Hours of tbl_result.b_ts that were written since they were last refreshed; some more than once.';

create table rollup_figures as select * from figures_of_rows with no data;
create table rollup_agent_figures as select * from agent_figures_of_rows with no data;
create table rollup_clock_hour_figures as select * from clock_hour_figures_of_rows with no data;

alter table rollup_figures add primary key (grain, starts_at);
alter table rollup_agent_figures add primary key (day, agent_id);
alter table rollup_clock_hour_figures add primary key (day, hour);

comment on table rollup_figures is 'Rows of figures_of_rows as they were when they were refreshed.';
comment on table rollup_agent_figures is 'Rows of agent_figures_of_rows as they were when they were refreshed.';
comment on table rollup_clock_hour_figures is 'Rows of clock_hour_figures_of_rows as they were when they were refreshed.';

create function note_written()
returns trigger
-- The job's role writes tbl_result and nothing here.
language plpgsql security definer
set search_path from current
as $$
begin
  if tg_op = 'TRUNCATE' then
    delete from rollup_settings;
    return null;
  end if;
  -- An hour that is noted already is noted for this transaction too, if the note stays until it has
  -- committed: that is what the lock is for. Nobody waits: what a refresh is just deleting is noted anew.
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

comment on function note_written() is 'Notes the hours in which the sessions of a statement opened.';

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

create view kept_days as
select d.day, d.starts_at, d.ends_at
from reporting_days d
join rollup_figures r
  -- The limits too: the rules of time zones change.
  on r.grain = 'day' and r.day = d.day and r.starts_at = d.starts_at and r.ends_at = d.ends_at
where (select settings from figure_settings) = (select settings from rollup_settings)
  and not exists (
    select from rollup_written w
    where w.hour > d.starts_at - interval '1 hour' and w.hour < d.ends_at);

comment on view kept_days is 'Inner: the days whose figures are kept and hold.';

-- What is kept is found out once for each query: a join would make plans that hang on estimates.
create or replace view days_to_compute as
select day, starts_at, ends_at from reporting_days where day not in (select day from kept_days);

create or replace view figures as
select * from figures_of_rows
union all
select * from rollup_figures where (day in (select day from kept_days)) is true;

create or replace view agent_figures as
select * from agent_figures_of_rows
union all
select * from rollup_agent_figures where (day in (select day from kept_days)) is true;

create or replace view clock_hour_figures as
select * from clock_hour_figures_of_rows
union all
select * from rollup_clock_hour_figures where (day in (select day from kept_days)) is true;

create function refresh_figures()
returns integer
-- Whoever may call it needs no other rights.
language plpgsql security definer
set search_path from current
as $$
declare
  today timestamptz := now();
  noted tid[];
  days date[];
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'refresh_figures() has to see what is committed while it runs: call it in a transaction that is read committed.'
      using errcode = 'active_sql_transaction';
  end if;
  -- What a truncate waits for comes first. Then: one refresh at a time, and the settings stay as they
  -- are meanwhile. Neither readers nor the job wait.
  lock table tbl_result in access share mode;
  lock table rollup_settings in share row exclusive mode;
  lock table report_settings, response_target, response_bracket,
    business_calendar, business_hours, business_holiday in share mode;
  if (select settings from rollup_settings) is distinct from (select settings from figure_settings) then
    delete from rollup_figures;
    delete from rollup_agent_figures;
    delete from rollup_clock_hour_figures;
    delete from rollup_settings;
    insert into rollup_settings (settings) select settings from figure_settings;
  end if;
  -- Notes that transactions which have not ended hold are left: their days are not kept.
  noted := array(select ctid from rollup_written for update skip locked);
  days := array(select day from days_to_compute where ends_at <= today);
  delete from rollup_figures where day not in (select day from kept_days);
  delete from rollup_agent_figures where day not in (select day from kept_days);
  delete from rollup_clock_hour_figures where day not in (select day from kept_days);
  delete from rollup_written where ctid = any(noted);
  -- Each statement sees what was committed before it. What is committed later is noted, so a day of
  -- which they saw different states is not kept. The last of them makes the days kept ones.
  insert into rollup_agent_figures select * from agent_figures_of_rows where day = any(days);
  insert into rollup_clock_hour_figures select * from clock_hour_figures_of_rows where day = any(days);
  insert into rollup_figures select * from figures_of_rows where day = any(days);
  return cardinality(days);
end
$$;

comment on function refresh_figures() is 'Computes the figures of past days that are not kept, and keeps them. Returns how many days that were. Figures are the same before and after; only faster.';

revoke execute on function refresh_figures() from public;

-- With the rights of their owner they must not meet with somebody else's temporary tables.
do $$
begin
  execute format('alter function note_written() set search_path = %I, pg_temp', current_schema());
  execute format('alter function refresh_figures() set search_path = %I, pg_temp', current_schema());
end
$$;

insert into first_response_schema (component, version) values ('rollups', 1);
