-- Whether a row is settled, and when it was written: with live results rows are there before.

alter table tbl_result
  add column final      boolean not null default true,
  add column updated_at timestamptz not null default now();

comment on column tbl_result.final is 'Whether what the row says is settled; an open session can still be answered. Always true with final results.';
comment on column tbl_result.updated_at is 'When the row was last written.';

insert into first_response_schema (component, version) values ('tbl_result final', 1);
