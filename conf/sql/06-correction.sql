-- Sessions that were told of and then were not as told, because a message came out of order.

create table tbl_correction (
  b            bigint not null,
  b_ts         timestamptz not null,
  asked_a      bigint not null,
  was_a        bigint not null,
  was_a_ts     timestamptz,
  became_a     bigint,
  became_a_ts  timestamptz,
  cause_a      bigint not null,
  cause_ts     timestamptz not null,
  cause_direct boolean not null,
  corrected_at timestamptz not null default now(),
  constraint tbl_correction_pkey primary key (b_ts, b, asked_a, cause_ts, cause_a, cause_direct)
);

comment on table tbl_correction is 'Rows of tbl_result that were corrected before they were final (live results).';
comment on column tbl_correction.b is 'The customer.';
comment on column tbl_correction.b_ts is 'When the session opened, as was told.';
comment on column tbl_correction.asked_a is 'The agent whom the first unanswered message was written to, as was told.';
comment on column tbl_correction.was_a is 'Who had answered, as was told; -1 for nobody.';
comment on column tbl_correction.was_a_ts is 'When, as was told; null for not yet.';
comment on column tbl_correction.became_a is 'Who answered, as corrected; -1 for nobody; null if there is no such session.';
comment on column tbl_correction.became_a_ts is 'When, as corrected.';
comment on column tbl_correction.cause_a is 'The agent of the message that came out of order.';
comment on column tbl_correction.cause_ts is 'When that message was sent.';
comment on column tbl_correction.cause_direct is 'Its direction; true: from agent to customer.';
comment on column tbl_correction.corrected_at is 'When the row was written.';

insert into first_response_schema (component, version) values ('tbl_correction', 1);
