-- Late messages and corrections of the days from ? to ?.
with
period as materialized (
  select
    day_starts_at(p.first_day, g.time_zone) as starts_at,
    day_starts_at(p.last_day + 1, g.time_zone) as ends_at
  from (select ?::date as first_day, ?::date as last_day) p
  cross join report_settings g
),
late as materialized (
  select l.lateness from tbl_late l cross join period p where l.ts >= p.starts_at and l.ts < p.ends_at
),
-- The effect of a late message is computed from the sessions of its customer. Without an index that reads all
-- sessions for each message.
affordable as materialized (
  select
    exists (
      select from pg_index i
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where i.indrelid = to_regclass('tbl_result') and i.indpred is null and a.attname = 'b')
    or (select count(*) from late)
       * (select greatest(reltuples, 0) from pg_class where oid = to_regclass('tbl_result')) < 1e8 as is_so
),
effect as materialized (
  select l.effect, l.overstated_seconds
  from late_messages l cross join period p
  where l.sent_at >= p.starts_at and l.sent_at < p.ends_at and (select is_so from affordable)
),
correction as materialized (
  select c.was_a, c.was_a_ts, c.was_closed_ts, c.became_a, c.became_a_ts, c.became_closed_ts
  from tbl_correction c cross join period p
  where c.b_ts >= p.starts_at and c.b_ts < p.ends_at
)
select json_build_object(
  'late', json_build_object(
    'messages', (select count(*) from late),
    'longestSeconds', (select date_part('epoch', max(lateness)) from late),
    'effects', (
      select json_build_object(
        'answersUnseen', count(*) filter (where effect = 'answer unseen'),
        'closesUnseen', count(*) filter (where effect = 'close unseen'),
        'questionsUnseen', count(*) filter (where effect = 'question unseen'),
        'withoutEffect', count(*) filter (where effect = 'none'),
        'mostOverstatedSeconds', max(overstated_seconds))
      from effect
      having (select is_so from affordable))),
  'corrections', (
    select json_build_object(
      'rows', count(*),
      'answerFound', count(*) filter (where was_a_ts is null and became_a_ts is not null),
      'answerChanged', count(*) filter (where was_a_ts is not null and became_a_ts is not null),
      'answerLost', count(*) filter (
        where was_a_ts is not null and became_a is not null and became_a_ts is null),
      'closeChanged', count(*) filter (
        where was_a_ts is null and became_a is not null and became_a_ts is null
          and was_closed_ts is distinct from became_closed_ts),
      'sessionDeleted', count(*) filter (where became_a is null))
    from correction))
