-- The latest time of which both sides tell all. What is final in the live table is all that there is
-- up to its last opening or answer; what is not final begins after it.
select least(
  :read_to,
  (select greatest(max(b_ts), max(a_ts)) + interval '1 microsecond' from :live l where final),
  (select min(coalesce(a_ts, b_ts)) from :live l where not final))
where exists (select from :live l where final)
