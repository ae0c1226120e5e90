-- Creates the tables and the views of one response mode in an empty schema, with psql 10 or later:
--
--   psql -d support -v mode=any-agent -f conf/sql/install.sql
--   psql -d support -v mode=addressed-agent -v schema=chat -f conf/sql/install.sql
--
-- mode    which agent ends a session: any-agent or addressed-agent. Required
-- schema  the schema of the tables, created if it is missing. Without it they are created in the first
--         schema of the search path
--
-- All is created in one transaction: after an error nothing is left, and psql ends with exit code 3.
-- Run again: no. In a transaction: no, it has its own.

\set ON_ERROR_STOP on
\if :{?mode}
\else
  \set mode ''
\endif
select :'mode' in ('any-agent', 'addressed-agent') as mode_is_known \gset
\if :mode_is_known
\else
  do $$
  begin
    raise exception 'install.sql needs the response mode: psql -v mode=any-agent, or -v mode=addressed-agent';
  end
  $$;
\endif

begin;
\if :{?schema}
  create schema if not exists :"schema";
  set local search_path to :"schema";
\endif
\ir required/01-schema-version.sql
\ir mode/:mode/02-result.sql
\ir required/03-late.sql
\ir required/04-dead-letter.sql
\ir required/05-correction.sql
\ir required/06-writer.sql
\ir required/10-agent.sql
\ir required/11-customer.sql
\ir required/12-closes.sql
\ir required/13-labels.sql
\ir figures/07-report-settings.sql
\ir mode/:mode/08-response-sessions.sql
\ir figures/09-figures.sql
\ir figures/14-missing.sql
commit;
