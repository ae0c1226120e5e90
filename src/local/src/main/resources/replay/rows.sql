select * from replay_difference
order by kind in ('unknown', 'not final'), b_ts, b, only_a
