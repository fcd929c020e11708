CREATE OR REPLACE FUNCTION evergreen.touch_personality() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END;
$$;
COMMENT ON FUNCTION evergreen.touch_personality() IS 'Internal: trigger of personality_cache; moves updated_at.';
CREATE OR REPLACE TRIGGER touch_personality BEFORE UPDATE ON evergreen.personality_cache
  FOR EACH ROW WHEN (OLD.updated_at = NEW.updated_at) EXECUTE FUNCTION evergreen.touch_personality();
COMMENT ON TRIGGER touch_personality ON evergreen.personality_cache IS 'Moves updated_at, unless the statement did.';
