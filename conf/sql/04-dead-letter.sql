-- Records that could not be read, messages stamped in the future, and rows that the database refused.

create table tbl_dead_letter (
  origin     text not null,
  position   bigint not null,
  reason     text not null,
  detail     text not null,
  raw        bytea not null,
  raw_length bigint not null,
  arrived_at timestamptz not null default now(),
  constraint tbl_dead_letter_pkey primary key (origin, position)
);

comment on table tbl_dead_letter is 'Input that took no part, with all that is needed to find and mend it.';
comment on column tbl_dead_letter.origin is 'Where it was read, for example the path of a file; or the table that refused a row.';
comment on column tbl_dead_letter.position is 'Where in its origin: for files, the offset of the record''s first byte, after decompression.';
comment on column tbl_dead_letter.reason is 'The category of what was wrong.';
comment on column tbl_dead_letter.detail is 'What was wrong, in words.';
comment on column tbl_dead_letter.raw is 'The bytes as they arrived, the first 64 KiB of them.';
comment on column tbl_dead_letter.raw_length is 'How many bytes there were.';
comment on column tbl_dead_letter.arrived_at is 'When the row was written.';

insert into first_response_schema (component, version) values ('tbl_dead_letter', 1);
