select
  count(*) filter (where kind = 'only live'),
  count(*) filter (where kind = 'only replay'),
  count(*) filter (where kind = 'changed'),
  count(*) filter (where kind = 'unknown')
from replay_difference
