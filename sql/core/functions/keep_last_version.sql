CREATE OR REPLACE FUNCTION evergreen.keep_last_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.publish_prompt:' || OLD.prompt_type, 0));
  IF NOT EXISTS (SELECT FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = OLD.prompt_type AND p.version > OLD.version) THEN
    RAISE EXCEPTION 'prompt % is the last of its type', OLD.id
      USING ERRCODE = 'VG003', HINT = 'Its number would be given again, to another text. Publish the next version first: evergreen.publish_prompt().';
  END IF;
  RETURN OLD;
END;
$$;
COMMENT ON FUNCTION evergreen.keep_last_version() IS 'Internal: trigger of ai_generation_prompts; VG003 for deleting the last version of a type.';
CREATE OR REPLACE TRIGGER keep_last_version BEFORE DELETE ON evergreen.ai_generation_prompts
  FOR EACH ROW EXECUTE FUNCTION evergreen.keep_last_version();
COMMENT ON TRIGGER keep_last_version ON evergreen.ai_generation_prompts IS 'The number of a version is given once.';
