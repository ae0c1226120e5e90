-- How many of the rows that differ contain late messages, and how late those are, in seconds.
select count(late_in_live),
  percentile_disc(array[0.5, 0.9, 1]) within group (order by ceil(date_part('epoch', late_in_live))),
  count(late_in_replay)
from replay_difference
where kind in ('only live', 'only replay', 'changed')
