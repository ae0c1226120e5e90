-- Drops the figures of this or another release: what mode/MODE/08-response-sessions.sql,
-- figures/09-figures.sql, figures/14-missing.sql and optional/rollups.sql create. The files of this release can
-- then be run: a view cannot be replaced by one with other columns. Rows and settings stay. Stored figures are
-- dropped, and are computed again after optional/rollups.sql. Run it as the owner of the tables, with their schema
-- first in the search path, in one transaction with the files that create the figures again; docs: production.md.
--
-- If views of your own read the figures, nothing is dropped, and the error names those views.
--
-- Run again: yes. In a transaction: yes.

-- The names of all releases; names are only added.
drop view if exists
  response_sessions, session_clock, team_clock,
  reporting_periods, reporting_days, waiting_now, days_to_compute, periods_to_compute,
  figures_of_rows, figures, agent_figures_of_rows, agent_figures,
  team_figures_of_rows, team_figures, reply_figures,
  clock_hour_figures_of_rows, clock_hour_figures,
  response_times_by_day, response_times_by_week, response_times_by_month, response_times_by_hour,
  response_times_by_agent, response_times_by_team,
  reply_times_by_day, reply_times_by_agent, reply_times_by_team,
  response_time_distribution, hour_of_week,
  sla_attainment, sla_attainment_by_week, sla_attainment_by_month, sla_attainment_by_team,
  target_rule, conversations, late_messages, late_messages_by_hour, dead_letters, dead_letters_by_hour, data_completeness,
  kept_days, kept_periods, figure_settings;
drop function if exists
  queue_at(timestamptz), queue_at_each(timestamptz[]), replies(timestamptz, timestamptz), refresh_figures(),
  session_figures(timestamptz[], text[], boolean), session_figures(timestamptz[], text[], text, boolean),
  asked_figures(timestamptz, timestamptz), target_now(),
  running(timestamptz, timestamptz[]), dates_between(date, date, interval), period_days(date, date, text[]),
  response_times(date, date, text[]), sla_attainment(date, date, text[]),
  response_times_by_label(text, date, date, text[]), sla_attainment_by_label(text, date, date, text[]),
  conversations(timestamptz, timestamptz),
  readable_text(bytea, integer), reason_text(text);
-- With their triggers on tbl_result and tbl_labels.
drop function if exists note_written(), note_labels() cascade;
drop table if exists
  rollup_figures, rollup_agent_figures, rollup_team_figures, rollup_clock_hour_figures, rollup_written,
  rollup_settings;
drop type if exists target_figures;

delete from first_response_schema
where component in
  ('response_sessions any-agent', 'response_sessions addressed-agent', 'figures', 'missing', 'rollups');
