CREATE OR REPLACE FUNCTION evergreen.has_significant_changes(p_current jsonb, p_updated jsonb, p_tolerance real DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM evergreen.explain_changes(p_current, p_updated, p_tolerance))
$$;
COMMENT ON FUNCTION evergreen.has_significant_changes(jsonb, jsonb, real) IS 'Whether two documents say something different: whether explain_changes() finds a path. Source: seed 001_9b8056624fff263c.txt (hasSignificantChanges).';
