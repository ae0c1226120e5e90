-- Messages that arrived after their results were final. They changed no result.
--
-- Run again: no. In a transaction: yes.

create table tbl_late (
  b          bigint not null,
  a          bigint not null,
  ts         timestamptz not null,
  direct     boolean not null,
  automated  boolean not null,
  watermark  timestamptz not null,
  lateness   interval not null generated always as (watermark - ts) stored,
  arrived_at timestamptz not null default now(),
  constraint tbl_late_pkey primary key (b, a, ts, direct)
);

comment on table tbl_late is 'Messages that arrived when their results were already final; a message that was delivered more than once has one row.';
comment on column tbl_late.b is 'The customer.';
comment on column tbl_late.a is 'The agent.';
comment on column tbl_late.ts is 'When the message was sent.';
comment on column tbl_late.direct is 'True: from agent to customer. False: from customer to agent.';
comment on column tbl_late.automated is 'Whether the message was marked as a bot''s or an auto-reply.';
comment on column tbl_late.watermark is 'The watermark when the message arrived: all results up to it were final.';
comment on column tbl_late.lateness is 'The watermark less the time of the message: with event-time.max-out-of-orderness larger by this much it would have been in time.';
comment on column tbl_late.arrived_at is 'When the row was written.';

insert into first_response_schema (component, version) values ('tbl_late', 1);
