-- Drops the figures of this or another release: what mode/MODE/08-response-sessions.sql, figures/09-figures.sql
-- and optional/rollups.sql create. The files of this release can then be run: a view cannot be replaced by
-- one with other columns. Rows and settings stay. Stored figures are dropped, and are computed again after
-- optional/rollups.sql. Run it as the owner of the tables, with their schema first in the search path, in one
-- transaction with the files that create the figures again; docs: production.md.
--
-- If views of your own read the figures, nothing is dropped, and the error names those views.
--
-- Run again: yes. In a transaction: yes.

-- The names of all releases; names are only added.
drop view if exists
  response_sessions, session_clock,
  reporting_days, waiting_now, days_to_compute,
  figures_of_rows, figures, agent_figures_of_rows, agent_figures,
  clock_hour_figures_of_rows, clock_hour_figures,
  response_times_by_day, response_times_by_hour, response_times_by_agent,
  response_time_distribution, hour_of_week, sla_attainment,
  late_messages, late_messages_by_hour,
  kept_days, figure_settings;
drop function if exists
  queue_at(timestamptz), queue_at_each(timestamptz[]), replies(timestamptz, timestamptz), refresh_figures();
-- With its triggers on tbl_result.
drop function if exists note_written() cascade;
drop table if exists
  rollup_figures, rollup_agent_figures, rollup_clock_hour_figures, rollup_written, rollup_settings;

delete from first_response_schema
where component in
  ('response_sessions any-agent', 'response_sessions addressed-agent', 'figures', 'rollups');
