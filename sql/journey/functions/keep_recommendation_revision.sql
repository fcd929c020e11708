CREATE OR REPLACE FUNCTION evergreen.keep_recommendation_revision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO evergreen.ai_recommendation_revisions
    (company_id, recommendation_id, revision, content, instruction, generation_model, generation_prompt_id, generated_at)
  VALUES (OLD.company_id, OLD.id, OLD.revision, OLD.content, OLD.instruction, OLD.generation_model, OLD.generation_prompt_id, OLD.generated_at);
  RETURN NULL;
END;
$$;
COMMENT ON FUNCTION evergreen.keep_recommendation_revision() IS 'Internal: trigger of ai_generated_recommendations; keeps the revision that is replaced.';
CREATE OR REPLACE TRIGGER keep_recommendation_revision AFTER UPDATE OF revision ON evergreen.ai_generated_recommendations
  FOR EACH ROW WHEN (NEW.revision > OLD.revision) EXECUTE FUNCTION evergreen.keep_recommendation_revision();
COMMENT ON TRIGGER keep_recommendation_revision ON evergreen.ai_generated_recommendations IS 'Keeps the revision that is replaced.';
