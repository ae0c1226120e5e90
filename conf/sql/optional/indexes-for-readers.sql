-- Optional: indexes that make some views fast with millions of sessions; docs: figures.md. They make the
-- writes of the job slower, so it does not create them. It may run meanwhile. If a run of this file was
-- interrupted, an index may be left invalid; drop it first: drop index concurrently NAME.
--
-- Run again: yes. In a transaction: no.

-- A customer's sessions in order: for late_messages, and the drill-down to a customer.
create index concurrently if not exists tbl_result_of_customer on tbl_result (b, b_ts) include (a_ts, closed_ts);

-- Who waits now, the longest wait first.
create index concurrently if not exists tbl_result_waiting on tbl_result (b_ts) where a_ts is null and closed_ts is null;

-- From an id that is a text to its key: where customer = (select customer from tbl_customer where id = '...').
create index concurrently if not exists tbl_customer_id on tbl_customer (id);
create index concurrently if not exists tbl_agent_id on tbl_agent (id);
