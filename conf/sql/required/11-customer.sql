-- The customers, or whatever waits for an answer: the id that a key stands for, and a name for people. As
-- required/10-agent.sql. For queries from an id to its key: optional/indexes-for-readers.sql.
--
-- Run again: no. In a transaction: yes.

create table tbl_customer (
  customer bigint not null,
  id       text,
  name     text,
  name_ts  timestamptz,
  constraint tbl_customer_pkey primary key (customer)
);

comment on table tbl_customer is 'The customers: the id that a key stands for, and a display name.';
comment on column tbl_customer.customer is 'The customer, as in the other tables: an integer id, or the key of an id that is a text.';
comment on column tbl_customer.id is 'The id as the feed has it, if ids are texts; null if they are integers.';
comment on column tbl_customer.name is 'The display name; null if there is none.';
comment on column tbl_customer.name_ts is 'When the message was sent that had the name. The latest name counts. Null: written by hand, replaced by any name of the feed. infinity: kept for good.';

-- The rights that optional/roles.sql grants, if it was run before.
do $$
begin
  if exists (select from pg_roles where rolname = 'first_response_writer') then
    grant select, insert, update on tbl_customer to first_response_writer;
  end if;
  if exists (select from pg_roles where rolname = 'first_response_reader') then
    grant select on tbl_customer to first_response_reader;
  end if;
end
$$;

insert into first_response_schema (component, version) values ('tbl_customer', 1);
