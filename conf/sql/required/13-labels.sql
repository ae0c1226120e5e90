-- The label sets: what the platform says of a message, such as channel, team and priority. tbl_result has the
-- key of the set of the message that opened the session; the views show the labels themselves.
--
-- Rows stay, and have no labels. The figures show labels when they are made again: maintenance/remove-figures.sql.
--
-- Run again: no. In a transaction: yes.

create table tbl_labels (
  labels bigint not null,
  label  jsonb not null,
  constraint tbl_labels_pkey primary key (labels),
  -- A session without labels has null.
  constraint tbl_labels_some check (labels <> 0 and jsonb_typeof(label) = 'object')
);

comment on table tbl_labels is 'The label sets of messages: what each key in tbl_result.labels stands for.';
comment on column tbl_labels.labels is 'The key of the label set, as in tbl_result.';
comment on column tbl_labels.label is 'The labels: an object of texts by their names.';

alter table tbl_result add column labels bigint;

comment on column tbl_result.labels is 'The labels of the first unanswered message: a key of tbl_labels; null if it had none.';

alter table tbl_correction
  add column was_labels bigint,
  add column became_labels bigint;

comment on column tbl_correction.was_labels is 'The labels before the correction, a key of tbl_labels; null if there were none.';
comment on column tbl_correction.became_labels is 'The labels after the correction; null if there are none.';

-- The rights that optional/roles.sql grants, if it was run before.
do $$
begin
  if exists (select from pg_roles where rolname = 'first_response_writer') then
    grant select, insert on tbl_labels to first_response_writer;
  end if;
  if exists (select from pg_roles where rolname = 'first_response_reader') then
    grant select on tbl_labels to first_response_reader;
  end if;
end
$$;

insert into first_response_schema (component, version) values ('tbl_labels', 1);
