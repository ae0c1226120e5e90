-- The head of the report: title ?, from day ? to day ?, first target ?, filtered by team ?, labels ? and agent ?.
select json_build_object(
  'title', asked.title,
  'from', asked.first_day,
  'to', asked.last_day,
  'previousFrom', asked.first_day - (asked.last_day - asked.first_day + 1),
  'previousTo', asked.first_day - 1,
  -- The first day with a session: before it there is nothing to compare with.
  'firstDay', (
    -- Without a join in the inner query, so that an index gives the minimum.
    select day_of(s.opened_at, g.time_zone) from (select min(opened_at) as opened_at from response_sessions) s),
  'team', asked.team,
  'labels', jsonb_object(asked.labels),
  'agent', asked.agent::text,
  'agentName', (select coalesce(a.name, a.id) from tbl_agent a where a.agent = asked.agent),
  'madeAt', to_char(now() at time zone g.time_zone, 'YYYY-MM-DD HH24:MI:SS'),
  'timeZone', g.time_zone,
  'mode', (select substr(min(component), length('response_sessions ') + 1)
           from first_response_schema where component like 'response_sessions %'),
  'conversationGapSeconds', date_part('epoch', g.conversation_gap),
  'closedCounts', g.closed_counts,
  'outsideCounts', g.outside_counts,
  'calendar', g.calendar,
  'calendarTimeZone', (select c.time_zone from business_calendar c where c.name = g.calendar),
  -- Those for all sessions, in the order of the arrays "within" of the figures, and of the same length.
  'targets', (select coalesce(json_agg(json_build_object(
                'name', name,
                'goal', t.goal,
                'seconds', date_part('epoch', t.within)) order by t.within, name), '[]')
              from response_target t join target_rule r using (name) where r.is_for_all),
  'target', asked.target)
from report_settings g
cross join (
  select ?::text as title, ?::date as first_day, ?::date as last_day, ?::text as target,
    ?::text as team, ?::text[] as labels, ?::bigint as agent) asked
