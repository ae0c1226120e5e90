-- Closes: a session may end without an answer. Adds their columns to the tables of either response mode.
--
-- A job of a build without closes cannot write late messages and corrections afterwards: stop it first.
-- Rows stay. The figures show closes when they are made again: maintenance/remove-figures.sql.
--
-- Run again: no. In a transaction: yes.

alter table tbl_result
  add column closed_ts timestamptz,
  -- a_ts is null while nobody has answered (tbl_result_open).
  add constraint tbl_result_closed check (closed_ts is null or (a_ts is null and closed_ts >= b_ts));

-- A customer waits for one answer at a time, in addressed-agent mode for one answer of an agent.
drop index uk;
do $$
begin
  if exists (select from pg_attribute where attrelid = 'tbl_result'::regclass and attname = 'rsp_a') then
    create unique index uk on tbl_result (b, a) where rsp_a = -1 and closed_ts is null;
  else
    create unique index uk on tbl_result (b) where a = -1 and closed_ts is null;
  end if;
end
$$;

comment on table tbl_result is 'One row a session: from a customer''s first unanswered message to the first response, or to a close that came before it.';
comment on column tbl_result.closed_ts is 'When the conversation was closed, if that ended the session without an answer; otherwise null.';
comment on column tbl_result.final is 'Whether the row is settled. An open session that is settled can still be answered or closed, and nothing else of it changes. Always true with final results.';

alter table tbl_late
  add column closes boolean not null default false,
  drop constraint tbl_late_pkey,
  add constraint tbl_late_pkey primary key (b, a, ts, direct, closes);

comment on table tbl_late is 'Messages and closes that arrived when their results were already final; a message that was delivered more than once has one row.';
comment on column tbl_late.a is 'The agent; -1 for nobody in particular.';
comment on column tbl_late.ts is 'When the message was sent, or the conversation was closed.';
comment on column tbl_late.direct is 'True: from agent to customer. False: from customer to agent, or a close.';
comment on column tbl_late.closes is 'Whether it is no message but says that the conversation was closed.';

alter table tbl_correction
  add column was_closed_ts timestamptz,
  add column became_closed_ts timestamptz,
  add column cause_closes boolean not null default false,
  drop constraint tbl_correction_pkey,
  add constraint tbl_correction_pkey
    primary key (b_ts, b, asked_a, cause_ts, cause_a, cause_direct, cause_closes);

comment on column tbl_correction.was_closed_ts is 'When the session was closed without an answer, before the correction; null if it was not.';
comment on column tbl_correction.became_closed_ts is 'When the session was closed without an answer, after the correction; null if it was not.';
comment on column tbl_correction.cause_closes is 'Whether the message that came out of order is a close.';

insert into first_response_schema (component, version) values ('tbl_result closes', 1);
