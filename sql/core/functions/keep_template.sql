CREATE OR REPLACE FUNCTION evergreen.keep_template() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the text of prompt % is published', OLD.id
    USING ERRCODE = 'VG003', HINT = 'Content says that it was made with it. Publish a new version: evergreen.publish_prompt().';
END;
$$;
COMMENT ON FUNCTION evergreen.keep_template() IS 'Internal: trigger of ai_generation_prompts; VG003 for another text under the same version.';
CREATE OR REPLACE TRIGGER keep_template BEFORE UPDATE OF prompt_template, prompt_type ON evergreen.ai_generation_prompts
  FOR EACH ROW WHEN (OLD.prompt_template <> NEW.prompt_template OR OLD.prompt_type <> NEW.prompt_type) EXECUTE FUNCTION evergreen.keep_template();
COMMENT ON TRIGGER keep_template ON evergreen.ai_generation_prompts IS 'A version keeps its text and its type.';
