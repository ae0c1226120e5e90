-- Optional: the roles first_response_writer, first_response_reader and first_response_lead, with the least
-- rights for the job, for readers, and for readers who may change the settings of the figures. Run it as the
-- owner of the tables, with their schema first in the search path. Files that are run later grant the rights on
-- what they create.
--
-- The roles cannot log in. Grant them to users, whose passwords psql's \password does not write to a log:
--
--   create role support_job login in role first_response_writer;
--   \password support_job
--
-- The job then runs as that user, without sink.jdbc.create-tables. It needs:
--   first_response_schema  select                          the check before the job starts
--   tbl_result             select, insert, update, delete  delete: corrections of live results
--   tbl_late               select, insert, delete          delete: rows that a recovery computes again
--   tbl_writer             select, insert, update, delete  delete: the row of a task that is replaced
--   tbl_identity           select, update                  update: a job that starts without state
--   tbl_load               select, insert, update, delete  a row while a batch fills tbl_result
--   tbl_dead_letter        select, insert, update, delete  delete: the letter of a refused row that is written later
--   tbl_correction         select, insert, delete          delete: sink.start-over empties the tables
--   tbl_agent              select, insert, update          for ids that are texts, and for display names
--   tbl_customer           select, insert, update          the same
--   tbl_labels             select, insert                  for labels
--
-- PostgreSQL's JIT compiles queries that seem expensive, and takes longer than these do. A role hands no setting
-- down to its members, so switch it off for each user who reads:
--
--   alter role support_dashboard set jit = off;
--
-- In PostgreSQL 14 and older every user may create tables in schema public. Use another schema, or:
--   revoke create on schema public from public;
--
-- Run again: yes. In a transaction: yes.

do $$
begin
  if not exists (select from pg_roles where rolname = 'first_response_writer') then
    create role first_response_writer nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'first_response_reader') then
    create role first_response_reader nologin;
    alter role first_response_reader set jit = off;
  end if;
  if not exists (select from pg_roles where rolname = 'first_response_lead') then
    create role first_response_lead nologin in role first_response_reader;
    alter role first_response_lead set jit = off;
  end if;
  execute format(
    'grant usage on schema %I to first_response_writer, first_response_reader, first_response_lead',
    current_schema());
end
$$;

grant select on first_response_schema to first_response_writer;
grant select, insert, update, delete on tbl_result to first_response_writer;
grant select, insert, delete on tbl_late to first_response_writer;
grant select, insert, update, delete on tbl_dead_letter to first_response_writer;
grant select, insert, delete on tbl_correction to first_response_writer;

grant select on first_response_schema, tbl_result, tbl_late, tbl_dead_letter, tbl_correction
  to first_response_reader;

-- Tables of the writer, views, and settings, if they have been created.
do $$
declare
  name text;
begin
  if to_regclass(format('%I.tbl_writer', current_schema())) is not null then
    grant select, insert, update, delete on tbl_writer to first_response_writer;
    grant select, update on tbl_identity to first_response_writer;
    grant select, insert, update, delete on tbl_load to first_response_writer;
  end if;
  if to_regclass(format('%I.tbl_agent', current_schema())) is not null then
    grant select, insert, update on tbl_agent to first_response_writer;
  end if;
  if to_regclass(format('%I.tbl_customer', current_schema())) is not null then
    grant select, insert, update on tbl_customer to first_response_writer;
  end if;
  if to_regclass(format('%I.tbl_labels', current_schema())) is not null then
    grant select, insert on tbl_labels to first_response_writer;
  end if;
  foreach name in array array[
    'report_settings', 'response_target', 'response_bracket', 'agent_team',
    'business_calendar', 'business_hours', 'business_holiday',
    'response_sessions', 'session_clock', 'target_rule', 'reporting_days', 'waiting_now',
    'response_times_by_day', 'response_times_by_week', 'response_times_by_month', 'response_times_by_hour',
    'response_times_by_agent', 'response_times_by_team',
    'reply_times_by_day', 'reply_times_by_agent', 'reply_times_by_team',
    'response_time_distribution', 'hour_of_week',
    'sla_attainment', 'sla_attainment_by_week', 'sla_attainment_by_month', 'sla_attainment_by_team',
    'conversations', 'late_messages', 'late_messages_by_hour', 'dead_letters', 'dead_letters_by_hour',
    'data_complete_through', 'data_completeness',
    'tbl_agent', 'tbl_customer', 'tbl_labels']
  loop
    if to_regclass(format('%I.%I', current_schema(), name)) is not null then
      execute format('grant select on %I to first_response_reader', name);
    end if;
  end loop;
  if to_regclass(format('%I.report_settings', current_schema())) is not null then
    grant select, update on report_settings to first_response_lead;
    grant select, insert, update, delete on
      response_target, response_bracket, business_calendar, business_hours, business_holiday, agent_team
      to first_response_lead;
  end if;
end
$$;
