-- Up to when the tables are complete: null, a moment, or infinity after the end of bounded input.
select json_build_object(
  'infinite', coalesce(c.complete_through = 'infinity', false),
  'at', case when isfinite(c.complete_through) then
    to_char(c.complete_through at time zone g.time_zone, 'YYYY-MM-DD HH24:MI:SS') end,
  'reportedAt', to_char(c.reported_at at time zone g.time_zone, 'YYYY-MM-DD HH24:MI:SS'))
from report_settings g
left join data_complete_through c on true
