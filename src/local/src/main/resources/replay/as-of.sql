-- The time up to which both sides are complete: the end of the messages read, or the time up to which the
-- live tables are complete, if that is earlier. No row if that is not known.
select
  least(:read_to, complete_through + interval '1 microsecond'),
  complete_through + interval '1 microsecond' < :to
from :claim
where complete_through is not null
