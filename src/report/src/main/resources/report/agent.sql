-- The agents that ? stands for: by the id, or else by the number, or else by the name.
with asked as (select ?::text as said)
select array_agg(agent order by agent)
from (
  select agent, rank() over (order by place) as place
  from (
    select 1 as place, agent from tbl_agent join asked on id = said
    union all
    select 2, said::numeric::bigint from asked
    where said ~ '^-?[0-9]{1,19}$' and said::numeric between -9223372036854775808 and 9223372036854775807
    union all
    select 3, agent from tbl_agent join asked on name = said) found) found
where place = 1
