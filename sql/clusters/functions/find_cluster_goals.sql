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
  generation_prompt_id text, revision integer, uses bigint, input_hash text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
  SELECT f.* FROM evergreen.find_answer('cluster_goal', '{}', p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_cluster_id, p_now) AS f
$$;
COMMENT ON FUNCTION evergreen.find_cluster_goals IS 'The goals that are kept for a cluster. As find_answer(). VG002 unknown cluster, VG009 a cluster of another owner. Source: seed 000_88d03718946c83a1.txt, findByClusterId.';
