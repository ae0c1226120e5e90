select * from difference order by b, b_ts, which limit 20
