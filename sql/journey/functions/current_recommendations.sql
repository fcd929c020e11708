CREATE OR REPLACE FUNCTION evergreen.current_recommendations(p_company_id uuid, p_limit integer, p_now timestamptz) RETURNS TABLE (
  id uuid, step_id uuid, content jsonb, status text, revision integer, generated_at timestamptz, expires_at timestamptz, context_hash text,
  generation_model text, generation_prompt_id text, times_presented integer
)
LANGUAGE sql STABLE ROWS 3 AS $$
  -- OFFSET 0: a join describes all columns of a policy, in each call, and may read more steps than it is asked for.
  SELECT c.*
    FROM (SELECT p.schema_version, p.max_age FROM evergreen.content_policies AS p
           WHERE p.content_type = 'recommendation' AND p.activity_granularity IS NULL OFFSET 0) AS p
   CROSS JOIN LATERAL (
     SELECT r.id, r.step_id, r.content, r.status, r.revision, r.generated_at, r.expires_at, r.context_hash, r.generation_model, r.generation_prompt_id, r.times_presented
       FROM evergreen.ai_generated_recommendations AS r
      WHERE r.company_id = p_company_id AND r.context_hash = (SELECT h.context_hash FROM evergreen.context_at_hand(p_company_id) AS h)
        AND r.status IN ('fresh', 'active') AND r.schema_version = p.schema_version
        AND evergreen.is_fresh(r.generated_at, r.expires_at, p.max_age, p_now)
        AND NOT EXISTS (SELECT FROM evergreen.host_company_journey_steps AS s
                         WHERE s.company_id = p_company_id AND s.step_id = r.step_id AND s.status = 'completed' OFFSET 0)
      ORDER BY r.generated_at DESC, r.rank, r.id LIMIT CASE WHEN p_limit BETWEEN 1 AND 100 THEN p_limit ELSE 0 END) AS c
$$;
COMMENT ON FUNCTION evergreen.current_recommendations(uuid, integer, timestamptz) IS 'Internal: where the hash is at hand, the fresh recommendations of a company as it is now: the beginning of what match_recommendations() finds. No row for a limit that require_limit() refuses. Inlined by the planner.';
