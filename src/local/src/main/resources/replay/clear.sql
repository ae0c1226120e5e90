-- Drops the contents of the first schema of the search path, and what depends on them.
do $$
declare
  statement text;
begin
  foreach statement in array array(
    select format('drop %s if exists %s cascade',
             case relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end,
             oid::regclass)
    from pg_class
    where relnamespace = to_regnamespace(quote_ident(current_schema())) and relkind in ('r', 'p', 'v', 'm'))
  loop
    execute statement;
  end loop;
  foreach statement in array array(
    select format('drop type if exists %s cascade', oid::regtype)
    from pg_type
    where typnamespace = to_regnamespace(quote_ident(current_schema())) and typtype in ('c', 'e', 'r'))
  loop
    execute statement;
  end loop;
  foreach statement in array array(
    select format('drop routine if exists %s cascade', oid::regprocedure)
    from pg_proc
    where pronamespace = to_regnamespace(quote_ident(current_schema())))
  loop
    execute statement;
  end loop;
end
$$
