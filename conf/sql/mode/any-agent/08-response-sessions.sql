-- The sessions as reports read them, in any-agent mode. All figures are computed from this view, which has
-- the same columns in both modes.
--
-- Run again: no. In a transaction: yes.

-- It covers answers up to a month after the last session opened, or after now if that is later.
create view session_clock as
select c.calendar, c.last_moment, c.opens, c.closes, c.ahead
from business_clock(
  (select calendar from report_settings),
  (select min(b_ts) from tbl_result),
  (select greatest(max(b_ts), now()) + interval '31 days' from tbl_result)) c;

comment on view session_clock is 'Internal: the clock of business_seconds in response_sessions; no row without a calendar.';
comment on column session_clock.calendar is 'The calendar.';
comment on column session_clock.last_moment is 'Until when the clock is valid.';
comment on column session_clock.opens is 'When business opens, in order; the first is -infinity.';
comment on column session_clock.closes is 'When it closes again.';
comment on column session_clock.ahead is 'How far the clock is behind the time while it runs.';

create view team_clock as
select
  t.agent_id,
  array_agg(c.moment order by c.moment, c.team is not null) as moments,
  array_agg(c.team order by c.moment, c.team is not null) as teams
from agent_team t
cross join report_settings g
cross join lateral (values
  (case when isfinite(t.valid_from) then day_starts_at(t.valid_from, g.time_zone) else '-infinity' end, t.team),
  (case when isfinite(t.valid_until) then day_starts_at(t.valid_until + 1, g.time_zone) else 'infinity' end, null)
) c (moment, team)
group by t.agent_id;

comment on view team_clock is 'Internal: when the team of an agent changed, and to which; null to none.';

create view response_sessions as
select
  r.b as customer_id,
  r.b_ts as opened_at,
  nullif(r.asked_a, -1) as asked_agent_id,
  null::bigint as only_agent_id,
  nullif(r.a, -1) as responder_id,
  r.a_ts as responded_at,
  r.a_ts - r.b_ts as response_time,
  date_part('epoch', r.a_ts - r.b_ts) as response_seconds,
  (select case
     when r.a_ts <= c.last_moment then date_part('epoch',
       least(r.a_ts, c.closes[width_bucket(r.a_ts, c.opens)]) - c.ahead[width_bucket(r.a_ts, c.opens)]
       - (least(r.b_ts, c.closes[width_bucket(r.b_ts, c.opens)]) - c.ahead[width_bucket(r.b_ts, c.opens)]))
     else business_seconds(r.b_ts, r.a_ts, c.calendar)
   end
   from session_clock c) as business_seconds,
  case
    when r.a_ts is not null then 'answered'
    when r.closed_ts is not null then 'closed'
    when r.b_ts < (select given_up_before(now())) then 'given up'
    else 'open'
  end as status,
  r.final,
  coalesce(customer.name, customer.id) as customer,
  coalesce(asked.name, asked.id) as asked_agent,
  null::text as only_agent,
  coalesce(responder.name, responder.id) as responder,
  team.teams[width_bucket(r.b_ts, team.moments)] as team,
  (select r.b_ts < c.closes[width_bucket(r.b_ts, c.opens)] from session_clock c) as opened_in_business_time,
  r.closed_ts as closed_at,
  label.label as labels
from tbl_result r
-- Each has one row at most, so PostgreSQL leaves out the joins that a query does not need.
left join tbl_customer customer on customer.customer = r.b
left join tbl_agent asked on asked.agent = r.asked_a
left join tbl_agent responder on responder.agent = r.a
left join tbl_labels label on label.labels = r.labels
left join team_clock team on team.agent_id = case when r.a <> -1 then r.a else r.asked_a end;

comment on view response_sessions is 'One row a session: from a customer''s first unanswered message to the response, or to a close that came before it.';
comment on column response_sessions.customer_id is 'The customer.';
comment on column response_sessions.opened_at is 'When the first unanswered message was sent. A session belongs to the period that contains this time.';
comment on column response_sessions.asked_agent_id is 'The agent whom that message was written to.';
comment on column response_sessions.only_agent_id is 'The only agent whose answer counts; null if any agent''s does.';
comment on column response_sessions.responder_id is 'The agent who answered; null if nobody has.';
comment on column response_sessions.responded_at is 'When the answer was sent; null if nobody has answered.';
comment on column response_sessions.response_time is 'How long the customer waited for the answer; null if nobody has answered.';
comment on column response_sessions.response_seconds is 'The same in seconds, to the microsecond.';
comment on column response_sessions.business_seconds is 'The part of it in business time, in seconds; null without a calendar, and if nobody has answered.';
comment on column response_sessions.status is 'open: the customer waits. answered: somebody has answered. closed: the conversation was closed before anybody had. given up: neither, for longer than report_settings.waiting_limit.';
comment on column response_sessions.final is 'Whether the row is settled. An open session that is settled can still be answered or closed.';
comment on column response_sessions.customer is 'The name of the customer, or the id if ids are texts and there is no name; null if neither is known.';
comment on column response_sessions.asked_agent is 'The name or id of the agent whom the first unanswered message was written to, likewise.';
comment on column response_sessions.only_agent is 'The name or id of the only agent whose answer counts, likewise.';
comment on column response_sessions.responder is 'The name or id of the agent who answered, likewise.';
comment on column response_sessions.team is 'The team, when the session opened, of the agent who answered, or of the one written to if nobody has; null if that agent was in none.';
comment on column response_sessions.opened_in_business_time is 'Whether business was open when the session opened; null without a calendar.';
comment on column response_sessions.closed_at is 'When the conversation was closed, if that ended the session without an answer; otherwise null.';
comment on column response_sessions.labels is 'The labels of the first unanswered message, an object of texts by their names; null if it had none.';

insert into first_response_schema (component, version) values ('response_sessions any-agent', 1);
