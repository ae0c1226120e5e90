-- Who writes which rows, so that only one does; and how far the figures are complete.
--
-- Each task that writes a table has a row here, for the key groups that it writes. It locks the row
-- in each of its transactions, so whoever takes its place takes the row away, and what the one
-- before still tries to write is refused. The rows of a table always cover all its key groups.

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
  told_at             timestamptz,
  host                text not null default '',
  job_id              text not null default '',
  alive_at            timestamptz,
  constraint tbl_writer_pkey primary key (target, first_group),
  constraint tbl_writer_groups check (0 <= first_group and first_group <= last_group and last_group < all_groups)
);

comment on table tbl_writer is 'The tasks that write the tables, and how far each has come. The job keeps it; nobody else writes here.';
comment on column tbl_writer.target is 'The table that is written.';
comment on column tbl_writer.first_group is 'The first of the key groups whose rows the task writes.';
comment on column tbl_writer.last_group is 'The last one.';
comment on column tbl_writer.all_groups is 'How many key groups there are: the job''s maximum parallelism.';
comment on column tbl_writer.owner is 'The attempt of a task that may write; null where one was replaced and its successor has yet to come.';
comment on column tbl_writer.submitted_at is 'When the job was submitted. The one submitted last writes.';
comment on column tbl_writer.restored_checkpoint is 'The checkpoint from which the attempt started; 0 without one. Of two attempts of a job the one from the later checkpoint writes.';
comment on column tbl_writer.execution is 'Flink''s id of the execution within which it counts attempts; another JobManager begins another one.';
comment on column tbl_writer.attempt is 'How many attempts of the task there were before. Of two of an execution from one checkpoint the later one writes.';
comment on column tbl_writer.claimed_at is 'When the attempt began.';
comment on column tbl_writer.complete_through is 'Up to when the task has taken all messages into the rows; null before the first ones, infinity when the input was read to its end.';
comment on column tbl_writer.told_at is 'When the task said so.';

comment on column tbl_writer.host is 'Where the job was submitted; empty if that is not known.';
comment on column tbl_writer.job_id is 'Flink''s id of the job; empty where none has begun to write yet.';
comment on column tbl_writer.alive_at is 'When the task last reported that it runs; null when its input was read to its end. A job that goes on from no state is refused for a minute from then.';

create table tbl_identity (
  id uuid not null
);

comment on table tbl_identity is 'Which rows these are, in one row: a job that starts without state begins new ones. State of a job that wrote other rows is refused.';
comment on column tbl_identity.id is 'The same in the state of the job that wrote the rows.';

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

comment on table tbl_load is 'A row while a batch fills an empty tbl_result, as a rule without its keys and indexes. If no job runs, the load was interrupted: the next job empties the table and makes them again.';
comment on column tbl_load.target is 'The table that is filled.';
comment on column tbl_load.keys is 'The statements that make its keys and indexes again, in their order; none if they are there.';
comment on column tbl_load.submitted_at is 'When the job was submitted that fills it.';
comment on column tbl_load.execution is 'Flink''s id of the execution within which it counts attempts.';
comment on column tbl_load.attempt is 'The attempt that fills it.';
comment on column tbl_load.finished_groups is 'How many key groups of the attempt have all their rows in the table.';

create view data_complete_through as
select
  case
    -- What a file holds that cannot be read is not known, nor of which time it is.
    when exists (select from tbl_dead_letter where reason = 'unreadable' and settled_at is null) then null
    when bool_and(complete_through is not null) then
      least(
        min(complete_through),
        (select min(holds_at) - interval '1 microsecond'
         from tbl_dead_letter where reason in ('refused', 'unreadable') and settled_at is null))
  end as complete_through,
  min(told_at) as told_at
from tbl_writer
where target = 'tbl_result';

comment on view data_complete_through is 'How far the figures are complete; one row.';
comment on column data_complete_through.complete_through is 'All messages sent up to then are in the sessions, but for those in tbl_late: what they opened and what they answered does not change any more. It does not pass a row that the database refused, until that is settled (tbl_dead_letter). Null before the first ones, and while input is known that cannot be read; infinity when the input was read to its end.';
comment on column data_complete_through.told_at is 'When the job last said so, all tasks of it. Long ago if the job does not run, or its input was read to its end.';

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
