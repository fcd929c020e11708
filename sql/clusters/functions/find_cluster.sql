CREATE OR REPLACE FUNCTION evergreen.find_cluster(
  p_input text,
  p_model text DEFAULT NULL,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_now timestamptz DEFAULT NULL
) RETURNS TABLE (
  id uuid, result jsonb, freshness text, reason text, generated_at timestamptz, fresh_until timestamptz, generation_model text,
  generation_prompt_id text, revision integer, input_hash text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  RETURN QUERY
  SELECT f.id, f.result, 'fresh', 'hit', f.generated_at, f.fresh_until, f.generation_model, f.generation_prompt_id, f.revision, f.input_hash
    FROM evergreen.fresh_answer('cluster', p_input, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, NULL, NULL, v_now) AS f;
  IF NOT FOUND THEN
    RETURN QUERY
    SELECT f.* FROM evergreen.find_answer('cluster', p_input, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, NULL, p_now) AS f;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.find_cluster IS 'The clusters that are kept for items, e.g. find_cluster(''["apples", "pears"]''); order and spacing of the items do not matter. As find_answer(). Source: seed 000_88d03718946c83a1.txt, findByInputHash.';
