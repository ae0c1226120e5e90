-- Up to when the tables are complete: null, a moment, or infinity after the end of bounded input. And what they lack
-- of the input: of all days, and of the days from ? to ?, in which a dead letter was written down, the session of
-- a refused row opened, or a late message was sent.
select json_build_object(
  'infinite', coalesce(c.complete_through = 'infinity', false),
  'at', case when isfinite(c.complete_through) then
    to_char(c.complete_through at time zone g.time_zone, 'YYYY-MM-DD HH24:MI:SS') end,
  'beforeEnd', coalesce(c.complete_through < p.ends_at, true),
  'reportedAt', to_char(c.reported_at at time zone g.time_zone, 'YYYY-MM-DD HH24:MI:SS'),
  'missing', nullif(c.missing, 'nothing'),
  'ofPeriod', (
    select json_build_object(
      'deadLetters', count(*) filter (
        where reason not in ('refused', 'id-collision', 'label-collision')
          and arrived_at >= p.starts_at and arrived_at < p.ends_at),
      'refusedRows', count(*) filter (
        where reason = 'refused' and holds_at >= p.starts_at and holds_at < p.ends_at),
      'lateMessages', (select count(*) from tbl_late l where l.ts >= p.starts_at and l.ts < p.ends_at))
    from dead_letters
    where settled_at is null))
from report_settings g
cross join lateral (
  select day_starts_at(d.first_day, g.time_zone) as starts_at, day_starts_at(d.last_day + 1, g.time_zone) as ends_at
  from (select ?::date as first_day, ?::date as last_day) d) p
left join data_completeness c on true
