CREATE OR REPLACE FUNCTION evergreen.hit_answer(
  p_content_type text,
  p_input text,
  p_model text,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_parent_id uuid DEFAULT NULL,
  p_now timestamptz DEFAULT NULL
) RETURNS TABLE (
  id uuid, input_hash text, revision integer, generated_at timestamptz, generation_model text, generation_prompt_id text, result jsonb
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_parent_updated_at timestamptz;
BEGIN
  IF p_parent_id IS NOT NULL THEN
    SELECT a.updated_at INTO v_parent_updated_at FROM evergreen.ai_answers AS a WHERE a.id = p_parent_id;
  END IF;
  RETURN QUERY
  SELECT f.id, f.input_hash, f.revision, f.generated_at, f.generation_model, f.generation_prompt_id, f.result
    FROM evergreen.fresh_answer(p_content_type, p_input, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id,
                                v_parent_updated_at, v_now) AS f;
END;
$$;
COMMENT ON FUNCTION evergreen.hit_answer IS 'The hit: the answer to a question that was asked before in the same words, while it is fresh, in one index probe and few columns. No row says only that this way finds none: ask lookup_answer(), which takes the same question in any spelling, says why not, and refuses what is malformed. Writes nothing.';
