-- The agents: the id that a key stands for, and a name for people. The views show them.
--
-- With messages.ids text the job writes a row for each agent. With integer ids it writes rows only for agents
-- of whom the feed has a name; others can be named by hand:
--
--   insert into tbl_agent (agent, name) values (22, 'Ann')
--     on conflict (agent) do update set name = excluded.name, name_ts = excluded.name_ts;
--   \copy tbl_agent (agent, name) from 'agents.csv' csv
--
-- A name from the feed replaces a name without name_ts. name_ts = 'infinity' keeps a name for good.
--
-- Run again: no. In a transaction: yes.

create table tbl_agent (
  agent   bigint not null,
  id      text,
  name    text,
  name_ts timestamptz,
  constraint tbl_agent_pkey primary key (agent),
  -- Nobody has it.
  constraint tbl_agent_somebody check (agent <> -1)
);

comment on table tbl_agent is 'The agents: the id that a key stands for, and a display name.';
comment on column tbl_agent.agent is 'The agent, as in the other tables: an integer id, or the key of an id that is a text.';
comment on column tbl_agent.id is 'The id as the feed has it, if ids are texts; null if they are integers.';
comment on column tbl_agent.name is 'The display name; null if there is none.';
comment on column tbl_agent.name_ts is 'When the message was sent that had the name. The latest name counts. Null: written by hand, replaced by any name of the feed. infinity: kept for good.';

-- The rights that optional/roles.sql grants, if it was run before.
do $$
begin
  if exists (select from pg_roles where rolname = 'first_response_writer') then
    grant select, insert, update on tbl_agent to first_response_writer;
  end if;
  if exists (select from pg_roles where rolname = 'first_response_reader') then
    grant select on tbl_agent to first_response_reader;
  end if;
end
$$;

insert into first_response_schema (component, version) values ('tbl_agent', 1);
