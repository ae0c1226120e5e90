select * from replay_difference
order by kind = 'unknown', b_ts, b, only_a
