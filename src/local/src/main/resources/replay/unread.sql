-- Live sessions that opened before the first one of the replay. Retention may have removed their messages.
select count(*)
from :live l
where b_ts >= :read_from and b_ts < :as_of
  and b_ts < coalesce((select min(b_ts) from :replay r), 'infinity')
