CREATE OR REPLACE FUNCTION evergreen.fill_recommendation_key() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
-- The key stays when the application deletes the step (step_id becomes NULL): two rows of deleted steps
-- must not become each other's duplicates and forbid the deletion.
BEGIN
  IF NEW.recommendation_key IS NULL OR NEW.recommendation_key = '' THEN
    NEW.recommendation_key := evergreen.recommendation_key(NEW.step_id, NEW.content);
  END IF;
  RETURN NEW;
END;
$$;
COMMENT ON FUNCTION evergreen.fill_recommendation_key() IS 'Internal: trigger of ai_generated_recommendations; fills in recommendation_key.';
CREATE OR REPLACE TRIGGER fill_recommendation_key BEFORE INSERT ON evergreen.ai_generated_recommendations
  FOR EACH ROW EXECUTE FUNCTION evergreen.fill_recommendation_key();
COMMENT ON TRIGGER fill_recommendation_key ON evergreen.ai_generated_recommendations IS 'Fills in recommendation_key.';
