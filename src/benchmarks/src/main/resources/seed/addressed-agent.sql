-- The seed's method 1 in addressed-agent mode: a session belongs to a customer and an agent.

create table tbl (a bigint, b bigint, ts timestamptz, direct boolean);

create table tbl_result (
  b     bigint not null,
  b_ts  timestamptz,
  a     bigint,
  rsp_a bigint default -1,
  a_ts  timestamptz,
  constraint uk exclude (b with =, a with =) where (rsp_a = -1)
);

create function consume() returns trigger language plpgsql as $$
begin
  perform 1 from tbl_result where b = new.b and a = new.a and rsp_a = -1;
  if new.direct then
    if found then
      update tbl_result set rsp_a = new.a, a_ts = new.ts
      where b = new.b and a = new.a and rsp_a = -1 and new.ts >= b_ts;
    end if;
  elsif not found then
    insert into tbl_result (b, b_ts, a) values (new.b, new.ts, new.a)
    on conflict on constraint uk do nothing;
  end if;
  return null;
end
$$;
