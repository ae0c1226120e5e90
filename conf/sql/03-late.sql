-- Messages that arrived when their results were already final. They changed nothing.

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

comment on table tbl_late is 'Messages that arrived when their results were already final; each once, however often delivered.';
comment on column tbl_late.b is 'The customer.';
comment on column tbl_late.a is 'The agent.';
comment on column tbl_late.ts is 'When the message was sent.';
comment on column tbl_late.direct is 'True: from agent to customer. False: from customer to agent.';
comment on column tbl_late.automated is 'Whether the message was marked as a bot''s or an auto-reply.';
comment on column tbl_late.watermark is 'How far results were final when the message arrived.';
comment on column tbl_late.lateness is 'How far behind that the message was: so much more out-of-orderness allowed would have included it.';
comment on column tbl_late.arrived_at is 'When the row was written.';

insert into first_response_schema (component, version) values ('tbl_late', 1);
