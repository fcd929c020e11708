CREATE OR REPLACE FUNCTION evergreen.publish_prompt(p_prompt_type text, p_template text, p_activate boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_id text;
  v_version integer;
BEGIN
  IF p_prompt_type IS NULL OR p_prompt_type !~ '^[a-z][a-z0-9_]{0,62}$' THEN
    RAISE EXCEPTION 'prompt type % is not a name', COALESCE(quote_literal(p_prompt_type), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Use 1 to 63 of a-z, 0-9 and _, a letter first.';
  END IF;
  IF NOT EXISTS (SELECT FROM evergreen.content_policies AS c WHERE c.prompt_type = p_prompt_type)
     AND NOT EXISTS (SELECT FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = p_prompt_type) THEN
    RAISE EXCEPTION 'no content type has prompts of the type %', quote_literal(p_prompt_type)
      USING ERRCODE = 'VG001',
            HINT = format('Known are %s.', (SELECT string_agg(DISTINCT c.prompt_type, ', ' ORDER BY c.prompt_type) FROM evergreen.content_policies AS c));
  END IF;
  IF p_template IS NULL OR p_template !~ '\S' THEN
    RAISE EXCEPTION 'the template is blank' USING ERRCODE = 'VG007', HINT = 'Give the text of the prompt, with {{variable}} places.';
  END IF;
  IF octet_length(p_template) > 262144 THEN
    RAISE EXCEPTION 'the template has % bytes', octet_length(p_template) USING ERRCODE = 'VG006', HINT = 'At most 262144.';
  END IF;
  IF regexp_replace(p_template, '\{\{\s*[a-z][a-z0-9_]*\s*\}\}', '', 'g') ~ '\{\{|\}\}' THEN
    RAISE EXCEPTION 'the template has braces that name no variable'
      USING ERRCODE = 'VG007', HINT = 'A place is written {{name}}, of a-z, 0-9 and _, a letter first.';
  END IF;

  -- Two publishers at once get two numbers, not one error.
  PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.publish_prompt:' || p_prompt_type, 0));
  SELECT COALESCE(max(p.version), 0) + 1 INTO v_version FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = p_prompt_type;
  v_id := format('%s_v%s', p_prompt_type, v_version);
  INSERT INTO evergreen.ai_generation_prompts (id, prompt_type, prompt_template, version)
  VALUES (v_id, p_prompt_type, p_template, v_version);
  PERFORM evergreen.audit('publish_prompt', v_id, NULL, jsonb_build_object('prompt_template', p_template));
  IF p_activate OR v_version = 1 THEN
    PERFORM evergreen.activate_prompt(v_id);
  END IF;
  RETURN v_id;
END;
$$;
COMMENT ON FUNCTION evergreen.publish_prompt(text, text, boolean) IS 'Operator: keeps a new version of a prompt and returns its id, e.g. recommendation_v2. It is used once activate_prompt() makes it active (at once with p_activate, and for the first of its type). VG001 for an unknown type, VG007 for a blank or malformed template.';
