-- The seed's method 2: messages are only stored, and consumed in the order of time when they are an
-- hour old. Its consumer keeps no messages: the trigger comes before the insert and returns null.

create table tbl_mid (like tbl);
create trigger consume before insert on tbl_mid for each row execute function consume();
create index tbl_ts on tbl (ts);
