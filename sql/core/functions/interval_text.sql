CREATE OR REPLACE FUNCTION evergreen.interval_text(p_interval interval) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET IntervalStyle = 'postgres' AS $$
BEGIN
  RETURN p_interval::text;
END;
$$;
COMMENT ON FUNCTION evergreen.interval_text(interval) IS 'An interval in PostgreSQL''s own form (14 days, 01:30:00), whatever the IntervalStyle of the session.';
