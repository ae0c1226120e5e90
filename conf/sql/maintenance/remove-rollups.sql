-- Drops what optional/rollups.sql created: all figures are computed from the rows again.
--
-- Run again: no. In a transaction: yes.

create or replace view periods_to_compute as select grain, day, starts_at, ends_at from reporting_periods;
create or replace view figures as select * from figures_of_rows;
create or replace view agent_figures as select * from agent_figures_of_rows;
create or replace view team_figures as select * from team_figures_of_rows;
create or replace view clock_hour_figures as select * from clock_hour_figures_of_rows;
drop view kept_days, kept_periods;
drop function note_written(), note_labels() cascade;
drop function refresh_figures();
drop table
  rollup_figures, rollup_agent_figures, rollup_team_figures, rollup_clock_hour_figures, rollup_written,
  rollup_settings;
drop view figure_settings;
delete from first_response_schema where component = 'rollups';
