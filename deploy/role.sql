-- The role pgadvisor connects as. Run as a superuser, in the database where pg_stat_statements is to live:
--     psql -d postgres -f deploy/role.sql
-- then give it a password with \password pgadvisor, or let pg_hba.conf decide. Nothing here lets it change anything.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements; -- needs shared_preload_libraries = 'pg_stat_statements'
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pgadvisor') THEN
        CREATE ROLE pgadvisor LOGIN CONNECTION LIMIT 5;
    END IF;
END $$;

-- Tier 1: counters and texts of everybody's statements, settings, activity. Without it only the role's own are seen.
GRANT pg_monitor TO pgadvisor;

-- Tier 2: column statistics (pg_stats) and the schema (pg_dump --schema-only), which pg_monitor does not open. Without
-- it there are no recommendations. PostgreSQL has this role since 14.
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 140000 THEN
        GRANT pg_read_all_data TO pgadvisor;
    END IF;
END $$;

-- PostgreSQL 13 instead of tier 2: SELECT on the tables to be advised on, in each of their databases. Repeat it for
-- other schemas; the second statement, run by the role that creates tables, covers those of the future.
--     GRANT USAGE ON SCHEMA public TO pgadvisor;
--     GRANT SELECT ON ALL TABLES IN SCHEMA public TO pgadvisor;
--     ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pgadvisor;
--     GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO pgadvisor;

-- Optional, from 15 on: exact costs near the ends of indexed columns of large tables. The planner reads those ends from
-- the indexes, and so may pgadvisor where it can keep that from being counted as use of them, in its own sessions.
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 150000 THEN
        EXECUTE 'GRANT SET ON PARAMETER track_counts, pg_stat_statements.track TO pgadvisor';
    END IF;
END $$;

-- What it does is read-only even without this.
ALTER ROLE pgadvisor SET default_transaction_read_only = on;
