-- Records that could not be read, messages stamped in the future, and rows that the database refused.

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

-- What is missing from the tables, and was not settled: few rows, which are looked for often.
create index tbl_dead_letter_missing on tbl_dead_letter (holds_at)
  where reason in ('refused', 'unreadable') and settled_at is null;

comment on table tbl_dead_letter is 'Input that took no part, and rows that the database refused, with all that is needed to find and mend them.';
comment on column tbl_dead_letter.origin is 'Where it was read, for example the path of a file; or the table that refused a row, and the key of the row.';
comment on column tbl_dead_letter.position is 'Where in its origin: for files, the offset of the record''s first byte, after decompression; 0 for a refused row.';
comment on column tbl_dead_letter.reason is 'The category of what was wrong; refused: the database did not take a row.';
comment on column tbl_dead_letter.detail is 'What was wrong, in words.';
comment on column tbl_dead_letter.raw is 'The bytes as they arrived, the first 64 KiB of them; a refused row as JSON.';
comment on column tbl_dead_letter.raw_length is 'How many bytes there were.';
comment on column tbl_dead_letter.holds_at is 'A time from which on the figures are not complete without the refused row: when its session opened, or its late message was sent. Null where nothing hangs on it.';
comment on column tbl_dead_letter.settled_at is 'Set by a person who has decided that nothing is missing any more. Matters for the reasons refused and unreadable: until then data_complete_through stays before holds_at. The job deletes the letter of a refused row when it writes that row after all.';
comment on column tbl_dead_letter.submitted_at is 'When the job was submitted that said so last. What the job submitted last says of a record holds.';
comment on column tbl_dead_letter.arrived_at is 'When the row was last written.';

insert into first_response_schema (component, version) values ('tbl_dead_letter', 1);
