-- What First Response has created here, and in which version. The job refuses to write to tables
-- of another version, or of the other response mode.

create table if not exists first_response_schema (
  component  text not null primary key,
  version    integer not null,
  created_at timestamptz not null default now()
);

comment on table first_response_schema is 'The tables that the job First Response writes, and their versions.';
comment on column first_response_schema.component is 'What a file of conf/sql has created.';
comment on column first_response_schema.version is 'Its version.';
comment on column first_response_schema.created_at is 'When it was created.';
