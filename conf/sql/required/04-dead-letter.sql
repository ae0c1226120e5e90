-- Records that could not be read, messages with a time in the future, and rows that the database refused.
--
-- Run again: no. In a transaction: yes.

create table tbl_dead_letter (
  origin       text not null,
  position     bigint not null,
  reason       text not null,
  detail       text not null,
  raw          bytea not null,
  raw_length   bigint not null,
  holds_at     timestamptz,
  settled_at   timestamptz,
  submitted_at timestamptz not null default now(),
  arrived_at   timestamptz not null default now(),
  constraint tbl_dead_letter_pkey primary key (origin, position)
);

-- The letters that keep data_complete_through back: few rows, which the view looks for in each query.
create index tbl_dead_letter_missing on tbl_dead_letter (holds_at)
  where reason in ('refused', 'unreadable') and settled_at is null;

comment on table tbl_dead_letter is 'Input that was not used, and rows that the database refused, with what is needed to find and correct them.';
comment on column tbl_dead_letter.origin is 'Where it was read, for example the path of a file; or the table that refused a row, and the key of the row.';
comment on column tbl_dead_letter.position is 'Where in its origin: for files, the offset of the record''s first byte, after decompression; 0 for a refused row.';
comment on column tbl_dead_letter.reason is 'The category of the error; refused: the database refused a row.';
comment on column tbl_dead_letter.detail is 'The error in words.';
comment on column tbl_dead_letter.raw is 'The bytes as they arrived, the first 64 KiB of them; a refused row as JSON.';
comment on column tbl_dead_letter.raw_length is 'How many bytes there were.';
comment on column tbl_dead_letter.holds_at is 'From this time on the figures are not complete without the refused row: when its session opened, or its late message was sent. Null if no figure depends on it.';
comment on column tbl_dead_letter.settled_at is 'Set by an operator who has decided that nothing is missing any more. For the reasons refused and unreadable, data_complete_through stays before holds_at until this is set. The job deletes the letter of a refused row when it writes that row later.';
comment on column tbl_dead_letter.submitted_at is 'When the job that wrote this row was submitted. Only a job that was submitted at that time or later replaces the row.';
comment on column tbl_dead_letter.arrived_at is 'When the row was last written.';

insert into first_response_schema (component, version) values ('tbl_dead_letter', 1);
