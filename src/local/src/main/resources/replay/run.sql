-- What tells that the schema is a replay's, and of what.
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

comment on table replay_run is 'Made by scripts/replay, which replaces this schema''s tables when it is told --again.';
comment on column replay_run.live_schema is 'Where the tables are that the replay was compared with.';
comment on column replay_run.from_ts is 'Sessions that opened from here on were compared.';
comment on column replay_run.to_ts is 'Up to here, and not at it.';
comment on column replay_run.read_from is 'Messages sent from here on were read.';
comment on column replay_run.read_to is 'Up to here, and not at it.';
comment on column replay_run.compared_as_of is 'The tables were compared as they were at this time: answers sent then or later are left out.';
comment on column replay_run.started_at is 'When the replay was started.';
