-- Which task writes which rows, so that only one does; and how far the figures are complete.
--
-- Each task that writes a table has a row here, with the key groups that it writes. It locks the row
-- in each of its transactions. A task that takes over deletes the row; then the transactions of the
-- earlier task fail. The rows of a table always cover all its key groups.

-- Run again: no. In a transaction: yes.

create table tbl_writer (
  target              text not null,
  first_group         integer not null,
  last_group          integer not null,
  all_groups          integer not null,
  owner               uuid,
  submitted_at        timestamptz not null,
  restored_checkpoint bigint not null default 0,
  execution           text not null default '',
  attempt             integer not null default 0,
  claimed_at          timestamptz not null default now(),
  complete_through    timestamptz,
  reported_at         timestamptz,
  host                text not null default '',
  job_id              text not null default '',
  alive_at            timestamptz,
  constraint tbl_writer_pkey primary key (target, first_group),
  constraint tbl_writer_groups check (0 <= first_group and first_group <= last_group and last_group < all_groups)
);

comment on table tbl_writer is 'The tasks that write the tables, and their progress. Only the job writes here.';
comment on column tbl_writer.target is 'The table that is written.';
comment on column tbl_writer.first_group is 'The first of the key groups that the task writes.';
comment on column tbl_writer.last_group is 'The last one.';
comment on column tbl_writer.all_groups is 'How many key groups there are: the job''s maximum parallelism.';
comment on column tbl_writer.owner is 'The attempt of a task that may write; null if the next attempt has not claimed the key groups yet.';
comment on column tbl_writer.submitted_at is 'When the job was submitted. The job that was submitted last writes.';
comment on column tbl_writer.restored_checkpoint is 'The checkpoint that the attempt started from; 0 without one. Of two attempts of a job the one from the later checkpoint writes.';
comment on column tbl_writer.execution is 'Flink''s id of the execution that counts the attempts. Another JobManager begins another execution.';
comment on column tbl_writer.attempt is 'How many attempts of the task there were before. Of two attempts of one execution from one checkpoint the later one writes.';
comment on column tbl_writer.claimed_at is 'When the attempt claimed the key groups.';
comment on column tbl_writer.complete_through is 'The rows are complete for messages up to then; null before the first report, infinity at the end of the input.';
comment on column tbl_writer.reported_at is 'When the task reported complete_through.';

comment on column tbl_writer.host is 'The host where the job was submitted; empty if that is not known.';
comment on column tbl_writer.job_id is 'Flink''s id of the job; empty until a task has claimed the key groups.';
comment on column tbl_writer.alive_at is 'When the task last reported that it runs; null at the end of its input. For a minute from then, a job without state is refused.';

create table tbl_identity (
  id uuid not null
);

comment on table tbl_identity is 'The identity of the rows of the tables, in one row. A job that begins with empty tables changes it. State of a job that wrote other rows is refused.';
comment on column tbl_identity.id is 'The identity, which is also in the state of the job that wrote the rows.';

insert into tbl_identity (id) values (md5(random()::text || clock_timestamp()::text)::uuid);

create table tbl_load (
  target          text not null,
  keys            text[] not null,
  submitted_at    timestamptz not null,
  execution       text not null,
  attempt         integer not null,
  finished_groups integer not null default 0,
  constraint tbl_load_pkey primary key (target)
);

comment on table tbl_load is 'A row while a batch fills an empty tbl_result, as a rule without its keys and indexes. If there is one and no job runs, the load was interrupted: the next job empties the table and creates the keys again.';
comment on column tbl_load.target is 'The table that is filled.';
comment on column tbl_load.keys is 'The statements that create the keys and indexes again, in their order; empty if the table has them.';
comment on column tbl_load.submitted_at is 'When the job that fills it was submitted.';
comment on column tbl_load.execution is 'Flink''s id of the execution that counts the attempts.';
comment on column tbl_load.attempt is 'The attempt that fills it.';
comment on column tbl_load.finished_groups is 'How many key groups of the attempt have all their rows in the table.';

create view data_complete_through as
select
  case
    -- The times in a file that cannot be read are not known.
    when exists (select from tbl_dead_letter where reason = 'unreadable' and settled_at is null) then null
    when bool_and(complete_through is not null) then
      least(
        min(complete_through),
        (select min(holds_at) - interval '1 microsecond'
         from tbl_dead_letter where reason in ('refused', 'unreadable') and settled_at is null))
  end as complete_through,
  min(reported_at) as reported_at
from tbl_writer
where target = 'tbl_result';

comment on view data_complete_through is 'How far the figures are complete, in one row.';
comment on column data_complete_through.complete_through is 'All messages sent up to then are in the sessions, except those in tbl_late: the sessions that they opened and answered do not change any more. It stays before a row that the database refused until that is settled (tbl_dead_letter). Null before the first report, and while there is input that cannot be read; infinity at the end of the input.';
comment on column data_complete_through.reported_at is 'When all tasks of the job last reported. Long ago if the job does not run, or its input was read to its end.';

-- The rights that optional/roles.sql grants, if it was run before.
do $$
begin
  if exists (select from pg_roles where rolname = 'first_response_writer') then
    grant select, insert, update, delete on tbl_writer to first_response_writer;
    grant select, update on tbl_identity to first_response_writer;
    grant select, insert, update, delete on tbl_load to first_response_writer;
  end if;
  if exists (select from pg_roles where rolname = 'first_response_reader') then
    grant select on data_complete_through to first_response_reader;
  end if;
end
$$;

insert into first_response_schema (component, version) values ('tbl_writer', 1);
