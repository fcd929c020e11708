CREATE OR REPLACE FUNCTION evergreen.touch_answer() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END;
$$;
COMMENT ON FUNCTION evergreen.touch_answer() IS 'Internal: trigger of ai_answers; moves updated_at.';
CREATE OR REPLACE TRIGGER touch_answer BEFORE UPDATE ON evergreen.ai_answers
  FOR EACH ROW WHEN (OLD.uses = NEW.uses AND OLD.last_used_at IS NOT DISTINCT FROM NEW.last_used_at OR OLD.result <> NEW.result) EXECUTE FUNCTION evergreen.touch_answer();
COMMENT ON TRIGGER touch_answer ON evergreen.ai_answers IS 'Moves updated_at, unless uses are counted.';
