-- What a lead would set: the teams, which are the shifts of the generated support desk with 24 agents, and goals.
insert into agent_team (agent_id, team)
  select agent, case when agent <= 4 then 'Night' when agent <= 16 then 'Day' else 'Evening' end
  from generate_series(1, 24) agent;

update response_target set goal = 0.5 where within = interval '1 minute';
update response_target set goal = 0.75 where within = interval '3 minutes';
update response_target set goal = 0.95 where within = interval '1 hour'
