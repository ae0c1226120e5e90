-- The results in any-agent mode: one row a session. Any agent may answer.
--
-- Run again: no. In a transaction: yes.

create table tbl_result (
  b          bigint not null,
  b_ts       timestamptz not null,
  a          bigint not null default -1,
  a_ts       timestamptz,
  asked_a    bigint not null,
  final      boolean not null default true,
  updated_at timestamptz not null default now(),
  -- Time first: new sessions are added at the end of the index, and a period is one range of it.
  constraint tbl_result_pkey primary key (b_ts, b),
  constraint tbl_result_open check ((a_ts is null) = (a = -1)),
  constraint tbl_result_order check (a_ts >= b_ts)
);

-- A customer waits for one answer at a time.
create unique index uk on tbl_result (b) where a = -1;

comment on table tbl_result is 'One row a session: from a customer''s first unanswered message to the first response.';
comment on column tbl_result.b is 'The customer.';
comment on column tbl_result.b_ts is 'When the first unanswered message was sent.';
comment on column tbl_result.a is 'The agent who answered first; -1 while nobody has.';
comment on column tbl_result.a_ts is 'When that answer was sent; null while nobody has answered.';
comment on column tbl_result.asked_a is 'The agent whom the first unanswered message was written to.';
comment on column tbl_result.final is 'Whether the row is settled. An open session that is settled can still be answered, and nothing else of it changes. Always true with final results.';
comment on column tbl_result.updated_at is 'When the row was last written.';

insert into first_response_schema (component, version) values ('tbl_result any-agent', 1);
