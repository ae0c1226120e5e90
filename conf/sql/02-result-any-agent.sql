-- The result in any-agent mode: one row a session. Any agent may answer.

create table tbl_result (
  b       bigint not null,
  b_ts    timestamptz not null,
  a       bigint not null default -1,
  a_ts    timestamptz,
  asked_a bigint not null,
  -- Time first: new sessions go to the end of the index, and a period is a range of it.
  constraint tbl_result_pkey primary key (b_ts, b),
  constraint tbl_result_open check ((a_ts is null) = (a = -1)),
  constraint tbl_result_order check (a_ts >= b_ts)
);

-- The seed's rule: a customer waits for one answer at a time.
create unique index uk on tbl_result (b) where a = -1;

comment on table tbl_result is 'One row a session: from a customer''s first unanswered message to the first response.';
comment on column tbl_result.b is 'The customer.';
comment on column tbl_result.b_ts is 'When the first unanswered message was sent.';
comment on column tbl_result.a is 'The agent who answered first; -1 while nobody has.';
comment on column tbl_result.a_ts is 'When that answer was sent; null while nobody has answered.';
comment on column tbl_result.asked_a is 'The agent whom the first unanswered message was written to.';

insert into first_response_schema (component, version) values ('tbl_result any-agent', 1);
