CREATE OR REPLACE FUNCTION evergreen.touch_updated_at() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END;
$$;
COMMENT ON FUNCTION evergreen.touch_updated_at() IS 'Internal: trigger of tables with updated_at; moves it.';
