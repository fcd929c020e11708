CREATE OR REPLACE FUNCTION evergreen.current_health_summary(p_company_id uuid, p_now timestamptz) RETURNS TABLE (
  id uuid, content jsonb, revision integer, generated_at timestamptz, expires_at timestamptz, context_hash text, generation_model text,
  generation_prompt_id text, times_presented integer
)
LANGUAGE sql STABLE ROWS 1 AS $$
  -- OFFSET 0: a join describes all columns of a policy, in each call.
  SELECT s.id, s.content, s.revision, s.generated_at, s.expires_at, s.context_hash, s.generation_model, s.generation_prompt_id, s.times_presented
    FROM (SELECT p.schema_version, p.max_age FROM evergreen.content_policies AS p
           WHERE p.content_type = 'health' AND p.activity_granularity IS NULL OFFSET 0) AS p
    JOIN evergreen.ai_business_health_summaries AS s
      ON s.company_id = p_company_id AND s.context_hash = (SELECT h.context_hash FROM evergreen.context_at_hand(p_company_id) AS h)
     AND s.invalidated_at IS NULL AND s.schema_version = p.schema_version AND evergreen.is_fresh(s.generated_at, s.expires_at, p.max_age, p_now)
$$;
COMMENT ON FUNCTION evergreen.current_health_summary(uuid, timestamptz) IS 'Internal: where the hash is at hand, the fresh health summary of a company as it is now: what match_health_summary() finds then. Inlined by the planner.';
