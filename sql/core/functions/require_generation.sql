CREATE OR REPLACE FUNCTION evergreen.require_generation(p_context_hash text, p_provider text, p_model text, p_prompt_id text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- As require_context_hash() asks it, without the regular expression, which is compiled for each call.
  IF p_context_hash IS NULL OR length(p_context_hash) <> 64 OR ltrim(p_context_hash, '0123456789abcdef') <> '' THEN
    PERFORM evergreen.require_context_hash(p_context_hash);
  END IF;
  IF p_provider IS NULL OR p_provider !~ E'\\S' OR p_model IS NULL OR p_model !~ E'\\S' THEN
    RAISE EXCEPTION 'provider and model must be named' USING ERRCODE = 'VG007', HINT = 'They decide what the generation cost.';
  END IF;
  IF octet_length(p_provider) > 200 THEN
    PERFORM evergreen.require_provider(p_provider);
  END IF;
  -- Two conditions: a plan of both in one would be made anew at every call.
  IF p_prompt_id IS NOT NULL THEN
    IF NOT EXISTS (SELECT FROM evergreen.ai_generation_prompts AS p WHERE p.id = p_prompt_id) THEN
      RAISE EXCEPTION 'there is no prompt %', quote_literal(p_prompt_id)
        USING ERRCODE = 'VG002', HINT = 'Pass the prompt_id that came with the prompt, or NULL.';
    END IF;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_generation(text, text, text, text) IS 'Internal: what every save must say of where its content comes from: VG007 for a blank or malformed value, VG002 for an unknown prompt.';
