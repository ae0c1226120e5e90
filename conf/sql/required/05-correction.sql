-- Provisional rows of tbl_result that were corrected, because a message arrived out of order.
--
-- Run again: no. In a transaction: yes.

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
comment on column tbl_correction.b_ts is 'When the session opened, before the correction.';
comment on column tbl_correction.asked_a is 'The agent whom the first unanswered message was written to, before the correction.';
comment on column tbl_correction.was_a is 'Who had answered, before the correction; -1 for nobody.';
comment on column tbl_correction.was_a_ts is 'When the answer was sent, before the correction; null if there was none.';
comment on column tbl_correction.became_a is 'Who answered, after the correction; -1 for nobody; null if there is no such session any more.';
comment on column tbl_correction.became_a_ts is 'When the answer was sent, after the correction.';
comment on column tbl_correction.cause_a is 'The agent of the message that came out of order.';
comment on column tbl_correction.cause_ts is 'When that message was sent.';
comment on column tbl_correction.cause_direct is 'Its direction; true: from agent to customer.';
comment on column tbl_correction.corrected_at is 'When the row was written.';

insert into first_response_schema (component, version) values ('tbl_correction', 1);
