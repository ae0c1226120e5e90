-- The figures of the compared sessions as of the same time, with the definitions of the views in conf/sql:
-- nearest-rank percentiles, and shares of all sessions.
with sessions as (
  select 'live' as side, b, b_ts, only_a, a_ts from :live l
  where b_ts >= :from and b_ts < least(:to, :as_of)
  union all
  select 'replay', b, b_ts, only_a, a_ts from :replay r
  where b_ts >= :from and b_ts < least(:to, :as_of)
    and not exists (
      select from replay_difference d
      where d.kind = 'unknown'
        and d.b = r.b and d.b_ts = r.b_ts and coalesce(d.only_a, -1) = r.only_a)
),
times as (
  select side, case when a_ts < :as_of then date_part('epoch', a_ts - b_ts) end as seconds
  from sessions
),
sides as (
  select s.side, count(t.side) as sessions, count(t.seconds) as answered,
    percentile_disc(array[0.5, 0.9]) within group (order by t.seconds) as at_rank
  from (values ('live'), ('replay')) s (side)
  left join times t using (side)
  group by s.side
),
figures as (
  select 1 as position, 'sessions' as figure, 'count' as unit, side, sessions::double precision as value from sides
  union all select 2, 'answered', 'count', side, answered from sides
  union all select 3, 'median response time', 'seconds', side, at_rank[1] from sides
  union all select 4, 'P90 response time', 'seconds', side, at_rank[2] from sides
  union all
  select 4 + g.position, 'answered within ' || g.name, 'share', s.side,
    (select count(*) from times t where t.side = s.side and t.seconds <= date_part('epoch', g.within))
      / nullif(s.sessions, 0)::double precision
  from sides s
  cross join (select row_number() over (order by within, name) as position, name, within from :targets) g
)
select figure, unit, l.value as live, r.value as replay
from figures l
join figures r using (position, figure, unit)
where l.side = 'live' and r.side = 'replay'
order by position
