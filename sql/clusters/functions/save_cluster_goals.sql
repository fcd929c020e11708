CREATE OR REPLACE FUNCTION evergreen.save_cluster_goals(
  p_cluster_id uuid,
  p_goal text,
  p_lease_token uuid,
  p_provider text,
  p_model text,
  p_asked_model text DEFAULT NULL,
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_input_hash text DEFAULT NULL,
  p_prompt_id text DEFAULT NULL,
  p_prompt_tokens integer DEFAULT NULL,
  p_completion_tokens integer DEFAULT NULL,
  p_cached_tokens integer DEFAULT NULL,
  p_generation_time_ms integer DEFAULT NULL,
  p_request_id text DEFAULT NULL,
  p_expires_at timestamptz DEFAULT NULL,
  p_now timestamptz DEFAULT NULL,
  OUT state text, OUT content jsonb, OUT generated_at timestamptz, OUT cost numeric, OUT id uuid
)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.state, s.content, s.generated_at, s.cost, s.id
    FROM evergreen.save_answer('cluster_goal', '{}', p_goal, p_lease_token, p_provider, p_model, p_asked_model, p_prompt, p_parameters,
           p_company_id, p_user_id, p_cluster_id, p_input_hash, p_prompt_id, p_prompt_tokens, p_completion_tokens, p_cached_tokens,
           p_generation_time_ms, p_request_id, NULL, NULL, p_expires_at, p_now) AS s
$$;
COMMENT ON FUNCTION evergreen.save_cluster_goals IS 'save_answer() for the goals of a cluster. Source: seed 000_88d03718946c83a1.txt.';
