CREATE OR REPLACE FUNCTION evergreen.remember_prompt(p_prompt_type text, p_template text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_id text;
BEGIN
  SELECT p.id INTO v_id FROM evergreen.ai_generation_prompts AS p
   WHERE p.prompt_type = p_prompt_type AND p.prompt_template = p_template ORDER BY p.version LIMIT 1;
  IF FOUND THEN
    RETURN v_id;
  END IF;
  -- Again behind the lock: of two at once, the second finds what the first has written.
  PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.publish_prompt:' || p_prompt_type, 0));
  SELECT p.id INTO v_id FROM evergreen.ai_generation_prompts AS p
   WHERE p.prompt_type = p_prompt_type AND p.prompt_template = p_template ORDER BY p.version LIMIT 1;
  IF FOUND THEN
    RETURN v_id;
  END IF;
  IF (SELECT max(p.version) FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = p_prompt_type) >= 10000 THEN
    RAISE EXCEPTION 'there are 10000 prompts of the type %', p_prompt_type
      USING ERRCODE = 'VG006', HINT = 'What differs from call to call belongs into the input, as a {{variable}}, not into the text of the prompt.';
  END IF;
  RETURN evergreen.keep_prompt(p_prompt_type, p_template);
END;
$$;
COMMENT ON FUNCTION evergreen.remember_prompt(text, text) IS 'Internal: the id of a template that a caller gave: of the version with the same text, or a new one that is not active. VG006 from 10,000 versions on, VG007 for a malformed template.';
