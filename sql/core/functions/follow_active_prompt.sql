CREATE OR REPLACE FUNCTION evergreen.follow_active_prompt() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE evergreen.content_policies AS c SET active_prompt_id = CASE WHEN NEW.active THEN NEW.id END
   WHERE c.prompt_type = NEW.prompt_type AND (NEW.active OR c.active_prompt_id = NEW.id);
  RETURN NULL;
END;
$$;
COMMENT ON FUNCTION evergreen.follow_active_prompt() IS 'Internal: trigger of ai_generation_prompts; tells the policies which prompt is active.';
CREATE OR REPLACE TRIGGER follow_active_prompt_inserted AFTER INSERT ON evergreen.ai_generation_prompts
  FOR EACH ROW WHEN (NEW.active) EXECUTE FUNCTION evergreen.follow_active_prompt();
CREATE OR REPLACE TRIGGER follow_active_prompt AFTER UPDATE OF active ON evergreen.ai_generation_prompts
  FOR EACH ROW WHEN (OLD.active <> NEW.active) EXECUTE FUNCTION evergreen.follow_active_prompt();
COMMENT ON TRIGGER follow_active_prompt_inserted ON evergreen.ai_generation_prompts IS 'Tells the policies of a prompt that is active from the start.';
COMMENT ON TRIGGER follow_active_prompt ON evergreen.ai_generation_prompts IS 'Tells the policies which prompt is active.';
