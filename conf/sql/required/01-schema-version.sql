-- Records what First Response has created in this schema, and in which version. The job refuses to write
-- to tables of another version, or of the other response mode.
--
-- Run again: yes. In a transaction: yes.

create table if not exists first_response_schema (
  component  text not null primary key,
  version    integer not null,
  created_at timestamptz not null default now()
);

comment on table first_response_schema is 'The tables that the job First Response writes, and their versions.';
comment on column first_response_schema.component is 'The name of what a file of conf/sql created.';
comment on column first_response_schema.version is 'Its version.';
comment on column first_response_schema.created_at is 'When it was created.';
