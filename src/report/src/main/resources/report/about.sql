-- The head of the report: title ?, from day ? to day ?, first target ?.
select json_build_object(
  'title', asked.title,
  'from', asked.first_day,
  'to', asked.last_day,
  'madeAt', to_char(now() at time zone g.time_zone, 'YYYY-MM-DD HH24:MI:SS'),
  'timeZone', g.time_zone,
  'mode', (select substr(min(component), length('response_sessions ') + 1)
           from first_response_schema where component like 'response_sessions %'),
  'conversationGapSeconds', date_part('epoch', g.conversation_gap),
  'closedCounts', g.closed_counts,
  'calendar', g.calendar,
  'calendarTimeZone', (select c.time_zone from business_calendar c where c.name = g.calendar),
  -- Those for all sessions, in the order of the arrays "within" of the figures, and of the same length.
  'targets', (select coalesce(json_agg(json_build_object(
                'name', name,
                'seconds', date_part('epoch', t.within)) order by t.within, name), '[]')
              from response_target t join target_rule r using (name) where r.is_for_all),
  'target', asked.target)
from report_settings g
cross join (select ?::text as title, ?::date as first_day, ?::date as last_day, ?::text as target) asked
