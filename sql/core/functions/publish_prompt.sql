CREATE OR REPLACE FUNCTION evergreen.publish_prompt(p_prompt_type text, p_template text, p_activate boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_id text;
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
  v_id := evergreen.keep_prompt(p_prompt_type, p_template);
  PERFORM evergreen.audit('publish_prompt', v_id, NULL, jsonb_build_object('prompt_template', p_template));
  IF p_activate OR NOT EXISTS (SELECT FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = p_prompt_type AND p.active) THEN
    PERFORM evergreen.activate_prompt(v_id);
  END IF;
  RETURN v_id;
END;
$$;
COMMENT ON FUNCTION evergreen.publish_prompt(text, text, boolean) IS 'Operator: keeps a new version of a prompt and returns its id, e.g. recommendation_v2. It is used once activate_prompt() makes it active (at once with p_activate, and when none of its type is). VG001 for an unknown type, VG007 for a blank or malformed template.';
