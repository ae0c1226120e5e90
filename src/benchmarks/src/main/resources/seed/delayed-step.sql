with oldest as (
  delete from tbl where ctid = any (array(
    select ctid from tbl where ts < now() - interval '1 hour' order by ts limit 1000000))
  returning a, b, ts, direct
)
insert into tbl_mid (a, b, ts, direct) select a, b, ts, direct from oldest order by ts
