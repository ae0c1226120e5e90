create table replay_difference (
  kind             text not null,
  b                bigint not null,
  b_ts             timestamptz not null,
  only_a           bigint,
  live_asked_a     bigint,
  live_responder   bigint,
  live_a_ts        timestamptz,
  live_closed_ts   timestamptz,
  live_labels      jsonb,
  replay_asked_a   bigint,
  replay_responder bigint,
  replay_a_ts      timestamptz,
  replay_closed_ts timestamptz,
  replay_labels    jsonb,
  late_in_live     interval,
  late_in_replay   interval
);

comment on table replay_difference is 'The sessions in which the replay differs from the live tables, as of replay_run.compared_as_of.';
comment on column replay_difference.kind is 'only live, only replay, changed; unknown: the session opened before the messages that the replay has read, which is no difference.';
comment on column replay_difference.b is 'The customer.';
comment on column replay_difference.b_ts is 'When the session opened.';
comment on column replay_difference.only_a is 'The only agent whose answer counts; null if any agent''s does.';
comment on column replay_difference.live_asked_a is 'The agent written to, in the live table; null if there is no such row.';
comment on column replay_difference.live_responder is 'Who answered, in the live table; -1 for nobody.';
comment on column replay_difference.live_a_ts is 'When the answer was sent, in the live table.';
comment on column replay_difference.live_closed_ts is 'When the session was closed without an answer, in the live table; null if it was not.';
comment on column replay_difference.live_labels is 'The labels of the session, in the live table; null if it has none.';
comment on column replay_difference.replay_asked_a is 'The agent written to, in the replay; null if there is no such row.';
comment on column replay_difference.replay_responder is 'Who answered, in the replay; -1 for nobody.';
comment on column replay_difference.replay_a_ts is 'When the answer was sent, in the replay.';
comment on column replay_difference.replay_closed_ts is 'When the session was closed without an answer, in the replay; null if it was not.';
comment on column replay_difference.replay_labels is 'The labels of the session, in the replay; null if it has none.';
comment on column replay_difference.late_in_live is 'If the session contains a message that was late for the live table: by how much event-time.max-out-of-orderness would have to be larger to include it.';
comment on column replay_difference.late_in_replay is 'The same for a message that was late for the replay.';
