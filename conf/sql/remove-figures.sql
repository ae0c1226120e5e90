-- Takes away what 09-response-sessions-*.sql, 10-figures.sql and 13-rollups.sql made, of this release
-- or another, so that a release's own can be run: a view cannot be made anew with other columns.
-- Rows and settings stay; kept figures go, and are computed again when 13-rollups.sql is. Run it as
-- the owner of the tables, with the tables' schema first in the search path, in one transaction with
-- the files that make the figures again; docs: production.md.
--
-- If views of your own read the figures, nothing is taken away, and the error names those views.

-- All that any release has made; names are only appended.
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
-- Its triggers on tbl_result go with it.
drop function if exists note_written() cascade;
drop table if exists
  rollup_figures, rollup_agent_figures, rollup_clock_hour_figures, rollup_written, rollup_settings;

delete from first_response_schema
where component in
  ('response_sessions any-agent', 'response_sessions addressed-agent', 'figures', 'rollups');
