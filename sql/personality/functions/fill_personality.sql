CREATE OR REPLACE FUNCTION evergreen.fill_personality() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.bytes := octet_length(NEW.analysis_data::text);
  RETURN NEW;
END;
$$;
COMMENT ON FUNCTION evergreen.fill_personality() IS 'Internal: trigger of personality_cache; measures the analysis.';
CREATE OR REPLACE TRIGGER fill_personality BEFORE INSERT OR UPDATE OF analysis_data ON evergreen.personality_cache
  FOR EACH ROW EXECUTE FUNCTION evergreen.fill_personality();
COMMENT ON TRIGGER fill_personality ON evergreen.personality_cache IS 'Fills in bytes, only when the analysis is written: others updates need not read it.';
