-- What the figures lack: input that was not used, in readable form, and one row that names all of it.
--
-- Run again: no. In a transaction: yes.

create function reason_text(reason text)
returns text
language sql immutable strict parallel safe
as $$
  select case reason
    when 'empty' then 'an empty line'
    when 'too-long' then 'longer than messages.max-bytes'
    when 'bad-encoding' then 'not UTF-8'
    when 'bad-json' then 'not JSON'
    when 'bad-csv' then 'not CSV as its header says'
    when 'bad-change-event' then 'not a change event'
    when 'missing-field' then 'a field is missing'
    when 'bad-field' then 'a field has an unusable value'
    when 'mapping' then 'the mapping made no message of it'
    when 'bad-timestamp' then 'a time that cannot be read'
    when 'future' then 'a time in the future'
    when 'changed' then 'a message that was changed or deleted later'
    when 'bad-compression' then 'damaged gzip'
    when 'unknown-format' then 'a file of unknown format'
    when 'unreadable' then 'a file or folder that cannot be read'
    when 'refused' then 'a row that the database refused'
    when 'id-collision' then 'two ids with one key'
    when 'label-collision' then 'two label sets with one key'
    else reason
  end
$$;

comment on function reason_text(text) is 'The reason of a dead letter in words.';

create function readable_text(raw bytea, bytes integer)
returns text
-- Not parallel safe: whoever catches an error begins a subtransaction.
language plpgsql immutable strict
as $$
begin
  -- The last character may be cut: it has up to four bytes.
  for cut in 0 .. case when octet_length(raw) > bytes then 3 else 0 end loop
    begin
      return convert_from(substring(raw for bytes - cut), 'UTF8');
    exception
      when character_not_in_repertoire or untranslatable_character then null;
    end;
  end loop;
  -- As psql shows it: bytes that are no letters as numbers.
  return encode(substring(raw for bytes), 'escape');
end
$$;

comment on function readable_text(bytea, integer) is 'The first bytes as text: as UTF-8, or if they are not, with the bytes outside of ASCII as octal numbers.';

create view dead_letters as
select
  arrived_at,
  reason,
  reason_text(reason) as meaning,
  detail,
  origin,
  position,
  readable_text(raw, 1000) as beginning,
  raw_length,
  holds_at,
  settled_at
from tbl_dead_letter;

comment on view dead_letters is 'Input that was not used, and rows that the database refused, as text.';
comment on column dead_letters.arrived_at is 'When it was written down.';
comment on column dead_letters.reason is 'The category of the error.';
comment on column dead_letters.meaning is 'The category in words.';
comment on column dead_letters.detail is 'The error in words.';
comment on column dead_letters.origin is 'Where it was read, for example the path of a file; or the table that refused a row, and the key of the row.';
comment on column dead_letters.position is 'Where in its origin.';
comment on column dead_letters.beginning is 'Its first 1,000 bytes as text; if they are not UTF-8, the bytes outside of ASCII as octal numbers.';
comment on column dead_letters.raw_length is 'How many bytes it has.';
comment on column dead_letters.holds_at is 'From this time on the figures are not complete without the refused row.';
comment on column dead_letters.settled_at is 'When somebody decided that nothing is missing any more.';

create view dead_letters_by_hour as
select
  day_of(starts_at, (select time_zone from report_settings)) as day,
  starts_at,
  reason,
  reason_text(reason) as meaning,
  count(*) as letters,
  count(settled_at) as settled,
  count(distinct origin) as origins,
  min(detail) as example
from (
  select date_trunc('hour', arrived_at, (select time_zone from report_settings)) as starts_at, l.*
  from tbl_dead_letter l) l
group by starts_at, reason;

comment on view dead_letters_by_hour is 'Dead letters by the hour in which they were written down, and by reason. Hours without any have no row.';
comment on column dead_letters_by_hour.day is 'The day of the hour, in the time zone of report_settings.';
comment on column dead_letters_by_hour.starts_at is 'The first moment of the hour.';
comment on column dead_letters_by_hour.reason is 'The category of the error.';
comment on column dead_letters_by_hour.meaning is 'The category in words.';
comment on column dead_letters_by_hour.letters is 'How many there are.';
comment on column dead_letters_by_hour.settled is 'How many of them somebody has settled.';
comment on column dead_letters_by_hour.origins is 'From how many files, partitions or tables they are.';
comment on column dead_letters_by_hour.example is 'The error of one of them in words.';

create view data_completeness as
select
  c.complete_through,
  c.reported_at,
  -- The messages of a collision count.
  (select count(*) from tbl_dead_letter
   where settled_at is null and reason not in ('refused', 'unreadable', 'id-collision', 'label-collision')) as dead_letters,
  (select count(*) from tbl_dead_letter where settled_at is null and reason = 'refused') as refused_rows,
  (select count(*) from tbl_dead_letter where settled_at is null and reason = 'unreadable') as unreadable,
  (select count(*) from tbl_late) as late_messages,
  coalesce((
    select string_agg(m.what || ': ' || m.n, ', ' order by m.n desc, m.what)
    from (
      select count(*) as n, reason_text(reason) as what
      from tbl_dead_letter
      where settled_at is null and reason not in ('id-collision', 'label-collision')
      group by reason
      union all
      select count(*), 'late messages' from tbl_late having count(*) > 0) m), 'nothing') as missing
from data_complete_through c;

comment on view data_completeness is 'How far the figures are complete, and what they lack of all input, in one row.';
comment on column data_completeness.complete_through is 'As in data_complete_through.';
comment on column data_completeness.reported_at is 'As in data_complete_through.';
comment on column data_completeness.dead_letters is 'How many records or messages were not used and are not settled.';
comment on column data_completeness.refused_rows is 'How many rows the database refused, which are not settled.';
comment on column data_completeness.unreadable is 'How many files and folders could not be read, which are not settled.';
comment on column data_completeness.late_messages is 'How many messages and closes arrived after their results were final.';
comment on column data_completeness.missing is 'All of it in words, by reason, the most first; nothing if nothing is missing.';

-- The rights that optional/roles.sql grants, if it was run before.
do $$
begin
  if exists (select from pg_roles where rolname = 'first_response_reader') then
    grant select on dead_letters, dead_letters_by_hour, data_completeness to first_response_reader;
  end if;
end
$$;

insert into first_response_schema (component, version) values ('missing', 1);
