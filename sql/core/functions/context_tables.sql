CREATE OR REPLACE FUNCTION evergreen.context_tables() RETURNS SETOF text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp ROWS 3 AS $$
  VALUES ('companies'), ('company_domain_progress'), ('company_journey_steps')
$$;
COMMENT ON FUNCTION evergreen.context_tables() IS 'Internal: the tables of the application that the hash of a company''s context depends on.';
