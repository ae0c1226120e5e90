-- Marks the schema as that of a replay, and records what was replayed.
create table replay_run (
  only_row      boolean not null default true primary key check (only_row),
  live_schema   text not null,
  from_ts       timestamptz not null,
  to_ts         timestamptz not null,
  read_from     timestamptz not null,
  read_to       timestamptz not null,
  compared_as_of timestamptz,
  started_at    timestamptz not null default now()
);

comment on table replay_run is 'Created by scripts/replay. With --again it replaces the tables of this schema.';
comment on column replay_run.live_schema is 'The schema of the tables that the replay was compared with.';
comment on column replay_run.from_ts is 'The first opening time of the compared sessions.';
comment on column replay_run.to_ts is 'The end of these times, exclusive.';
comment on column replay_run.read_from is 'The first time of the messages read.';
comment on column replay_run.read_to is 'The end of these times, exclusive.';
comment on column replay_run.compared_as_of is 'The tables were compared as of this time: answers and closes of then or later are left out.';
comment on column replay_run.started_at is 'When the replay was started.';
