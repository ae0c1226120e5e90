-- The rows in which the replay and the live tables differ, both as of one time: as the window query over the
-- messages sent before that time computes them.
insert into replay_difference
with live as (
  select b, b_ts, only_a, asked_a,
    case when a_ts < :as_of then responder else -1 end as responder,
    case when a_ts < :as_of then a_ts end as a_ts,
    case when closed_ts < :as_of then closed_ts end as closed_ts,
    labels, label
  from :live l
  where b_ts >= :read_from and b_ts < least(:to, :as_of)
),
replay as (
  select b, b_ts, only_a, asked_a,
    case when a_ts < :as_of then responder else -1 end as responder,
    case when a_ts < :as_of then a_ts end as a_ts,
    case when closed_ts < :as_of then closed_ts end as closed_ts,
    labels, label
  from :replay r
  where b_ts >= :read_from and b_ts < least(:to, :as_of)
),
different as (
  select
    case
      when r.b is null then 'only live'
      when l.b is null then 'only replay'
      else 'changed'
    end as kind,
    coalesce(l.b, r.b) as b,
    coalesce(l.b_ts, r.b_ts) as b_ts,
    coalesce(l.only_a, r.only_a) as only_a,
    l.asked_a as live_asked_a, l.responder as live_responder, l.a_ts as live_a_ts,
    l.closed_ts as live_closed_ts, l.label as live_labels,
    r.asked_a as replay_asked_a, r.responder as replay_responder, r.a_ts as replay_a_ts,
    r.closed_ts as replay_closed_ts, r.label as replay_labels,
    greatest(
      case when l.b is not null then coalesce(l.a_ts, l.closed_ts, :as_of) end,
      case when r.b is not null then coalesce(r.a_ts, r.closed_ts, :as_of) end) as ends_at
  from live l
  full join replay r on l.b = r.b and l.b_ts = r.b_ts and l.only_a = r.only_a
  where (l.asked_a, l.responder, l.a_ts, l.closed_ts, l.labels)
    is distinct from (r.asked_a, r.responder, r.a_ts, r.closed_ts, r.labels)
),
-- Rows of a key that overlap in time have the same cause.
reached as (
  select *, max(ends_at) over (
    partition by b, only_a order by b_ts rows between unbounded preceding and 1 preceding) as reach
  from different
),
stretched as (
  select *, count(*) filter (where reach is null or b_ts > reach) over (
    partition by b, only_a order by b_ts) as stretch
  from reached
),
stretches as (
  select b, only_a, stretch, min(b_ts) as starts_at, max(ends_at) as ends_at
  from stretched
  group by b, only_a, stretch
),
-- Messages that were late on one of the two sides only.
late as (
  select b, only_a, a, ts, direct, closes, lateness, true as in_live from :live_late l
  where :takes_part
    and not exists (
      select from :replay_late o
      where (o.b, o.a, o.ts, o.direct, o.closes) = (l.b, l.a, l.ts, l.direct, l.closes))
  union all
  select b, only_a, a, ts, direct, closes, lateness, false from :replay_late l
  where not exists (
    select from :live_late o
    where (o.b, o.a, o.ts, o.direct, o.closes) = (l.b, l.a, l.ts, l.direct, l.closes))
),
causes as (
  select s.b, s.only_a, s.stretch,
    max(l.lateness) filter (where l.in_live) as late_in_live,
    max(l.lateness) filter (where not l.in_live) as late_in_replay
  from stretches s
  join late l on l.b = s.b and l.only_a = s.only_a and l.ts between s.starts_at and s.ends_at
  group by s.b, s.only_a, s.stretch
)
select
  case
    -- A live session that opened before the messages read, and that the replay takes for a new one.
    when d.kind = 'only replay'
      and exists (
        select from :live o
        where o.b = d.b and o.only_a = d.only_a
          and o.b_ts < :read_from and coalesce(o.a_ts, o.closed_ts, 'infinity') >= d.b_ts)
      and not exists (
        select from :replay o
        where o.b = d.b and o.only_a = d.only_a and o.b_ts < d.b_ts)
    then 'unknown'
    else d.kind
  end,
  d.b, d.b_ts, nullif(d.only_a, -1),
  d.live_asked_a, d.live_responder, d.live_a_ts, d.live_closed_ts, d.live_labels,
  d.replay_asked_a, d.replay_responder, d.replay_a_ts, d.replay_closed_ts, d.replay_labels,
  c.late_in_live, c.late_in_replay
from stretched d
left join causes c on c.b = d.b and c.only_a = d.only_a and c.stretch = d.stretch
where d.b_ts >= :from
