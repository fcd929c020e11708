CREATE OR REPLACE FUNCTION evergreen.keep_prompt(p_prompt_type text, p_template text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_id text;
  v_version integer;
BEGIN
  IF p_template IS NULL OR p_template !~ E'\\S' THEN
    RAISE EXCEPTION 'the template is blank' USING ERRCODE = 'VG007', HINT = 'Give the text of the prompt, with {{variable}} places.';
  END IF;
  IF octet_length(p_template) > 262144 THEN
    RAISE EXCEPTION 'the template has % bytes', octet_length(p_template) USING ERRCODE = 'VG006', HINT = 'At most 262144.';
  END IF;
  IF regexp_replace(p_template, E'\\{\\{\\s*[a-z][a-z0-9_]*\\s*\\}\\}', '', 'g') ~ E'\\{\\{|\\}\\}' THEN
    RAISE EXCEPTION 'the template has braces that name no variable'
      USING ERRCODE = 'VG007', HINT = 'A place is written {{name}}, of a-z, 0-9 and _, a letter first.';
  END IF;

  -- Two at once get two numbers, not one error.
  PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.publish_prompt:' || p_prompt_type, 0));
  SELECT COALESCE(max(p.version), 0) + 1 INTO v_version FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = p_prompt_type;
  v_id := format('%s_v%s', p_prompt_type, v_version);
  INSERT INTO evergreen.ai_generation_prompts (id, prompt_type, prompt_template, version)
  VALUES (v_id, p_prompt_type, p_template, v_version);
  RETURN v_id;
END;
$$;
COMMENT ON FUNCTION evergreen.keep_prompt(text, text) IS 'Internal: writes the next version of a prompt, not active, and returns its id. VG006 too large, VG007 for a blank or malformed template.';
