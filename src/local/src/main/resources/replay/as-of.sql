-- The time as of which both sides have everything: the end of what was read, or how far the live
-- tables say that they are complete, if that is less. No row if they do not say.
select
  least(:read_to, complete_through + interval '1 microsecond'),
  complete_through + interval '1 microsecond' < :to
from :claim
where complete_through is not null
