CREATE OR REPLACE FUNCTION evergreen.fill_policy() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM evergreen.require_read_committed('no content type can be made or turn to other prompts');
  PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.publish_prompt:' || NEW.prompt_type, 0));
  NEW.active_prompt_id := (SELECT p.id FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = NEW.prompt_type AND p.active);
  RETURN NEW;
END;
$$;
COMMENT ON FUNCTION evergreen.fill_policy() IS 'Internal: trigger of content_policies; fills in the active prompt of its type.';
CREATE OR REPLACE TRIGGER fill_policy_inserted BEFORE INSERT ON evergreen.content_policies
  FOR EACH ROW EXECUTE FUNCTION evergreen.fill_policy();
CREATE OR REPLACE TRIGGER fill_policy BEFORE UPDATE OF prompt_type ON evergreen.content_policies
  FOR EACH ROW WHEN (OLD.prompt_type <> NEW.prompt_type) EXECUTE FUNCTION evergreen.fill_policy();
COMMENT ON TRIGGER fill_policy_inserted ON evergreen.content_policies IS 'A new policy follows the prompts of its type.';
COMMENT ON TRIGGER fill_policy ON evergreen.content_policies IS 'A policy follows the prompts of its type.';
