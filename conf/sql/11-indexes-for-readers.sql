-- Optional: indexes that make some views fast at millions of sessions. They cost the job writes, so
-- it does not create them; docs: figures.md. Run it with psql, outside of a transaction; the job may
-- go on writing. An index that was left invalid by an interruption is dropped first:
-- drop index concurrently NAME.

-- A customer's sessions in order: is_first_reply, late_messages, and the drill-down to a customer.
create index concurrently if not exists tbl_result_of_customer on tbl_result (b, b_ts) include (a_ts);

-- Who waits now, the longest first.
create index concurrently if not exists tbl_result_waiting on tbl_result (b_ts) where a_ts is null;
