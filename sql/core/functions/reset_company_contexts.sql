CREATE OR REPLACE FUNCTION evergreen.reset_company_contexts() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO evergreen.company_changes (company_id) VALUES ('00000000-0000-0000-0000-000000000000');
$$;
COMMENT ON FUNCTION evergreen.reset_company_contexts() IS 'Operator: no hash at hand holds any more, from the commit on: every company''s is computed again when it is next needed. For changes that fire no trigger: a partition attached or detached, a column rewritten by ALTER TABLE, rows loaded with triggers disabled. Waits for nobody.';
