-- Live sessions from before the first that the replay has. Retention may have removed their messages.
select count(*)
from :live l
where b_ts >= :read_from and b_ts < :as_of
  and b_ts < coalesce((select min(b_ts) from :replay r), 'infinity')
