-- The seed's method 1 in any-agent mode: a trigger on the messages keeps the sessions. Ids are
-- widened to 64 bits and times are instants, as in the job's tables.

create table tbl (a bigint, b bigint, ts timestamptz, direct boolean);

create table tbl_result (
  b    bigint not null,
  b_ts timestamptz,
  a    bigint default -1,
  a_ts timestamptz,
  constraint uk exclude (b with =) where (a = -1)
);

create function consume() returns trigger language plpgsql as $$
begin
  perform 1 from tbl_result where b = new.b and a = -1;
  if new.direct then
    if found then
      update tbl_result set a = new.a, a_ts = new.ts
      where b = new.b and a = -1 and new.ts >= b_ts;
    end if;
  elsif not found then
    insert into tbl_result (b, b_ts) values (new.b, new.ts) on conflict on constraint uk do nothing;
  end if;
  return null;
end
$$;
