CREATE OR REPLACE FUNCTION evergreen.find_cluster_goals(
  p_cluster_id uuid,
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
  v_parent_updated_at timestamptz := (SELECT a.updated_at FROM evergreen.ai_answers AS a WHERE a.id = p_cluster_id);
BEGIN
  RETURN QUERY
  SELECT f.id, f.result, 'fresh', 'hit', f.generated_at, f.fresh_until, f.generation_model, f.generation_prompt_id, f.revision, f.input_hash
    FROM evergreen.fresh_answer('cluster_goal', '{}', p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_cluster_id,
                                v_parent_updated_at, v_now) AS f;
  IF NOT FOUND THEN
    RETURN QUERY
    SELECT f.* FROM evergreen.find_answer('cluster_goal', '{}', p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_cluster_id, p_now) AS f;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.find_cluster_goals IS 'The goals that are kept for a cluster. As find_answer(). VG002 unknown cluster, VG009 a cluster of another owner. Source: seed 000_88d03718946c83a1.txt, findByClusterId.';
