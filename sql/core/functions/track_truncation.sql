CREATE OR REPLACE FUNCTION evergreen.track_truncation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM evergreen.reset_company_contexts();
  RETURN NULL;
END;
$$;
COMMENT ON FUNCTION evergreen.track_truncation() IS 'Internal: trigger on the application''s tables; after a TRUNCATE no hash at hand holds.';
