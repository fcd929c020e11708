CREATE OR REPLACE FUNCTION evergreen.current_insights(p_company_id uuid, p_place text, p_limit integer, p_now timestamptz) RETURNS TABLE (
  id uuid, domain_id uuid, step_id uuid, content text, author_profile jsonb, relevance_score double precision, generated_at timestamptz,
  expires_at timestamptz, context_hash text, generation_model text, generation_prompt_id text, times_presented integer
)
LANGUAGE sql STABLE ROWS 5 AS $$
  -- OFFSET 0: a join describes all columns of a policy, in each call.
  SELECT c.*
    FROM (SELECT p.schema_version, p.max_age FROM evergreen.content_policies AS p
           WHERE p.content_type = 'insight' AND p.activity_granularity IS NULL OFFSET 0) AS p
   CROSS JOIN LATERAL (
     SELECT i.id, i.domain_id, i.step_id, i.content, i.author_profile, i.relevance_score, i.generated_at, i.expires_at, i.context_hash,
            i.generation_model, i.generation_prompt_id, i.times_presented
       FROM evergreen.ai_generated_insights AS i
      WHERE i.company_id = p_company_id AND i.context_hash = (SELECT h.context_hash FROM evergreen.context_at_hand(p_company_id) AS h)
        AND i.asked_for @> ARRAY[p_place] AND i.invalidated_at IS NULL AND i.schema_version = p.schema_version
        AND evergreen.is_fresh(i.generated_at, i.expires_at, p.max_age, p_now)
      ORDER BY i.relevance_score DESC NULLS LAST, i.times_presented, i.generated_at DESC, i.id LIMIT CASE WHEN p_limit BETWEEN 1 AND 100 THEN p_limit ELSE 0 END) AS c
$$;
COMMENT ON FUNCTION evergreen.current_insights(uuid, text, integer, timestamptz) IS 'Internal: where the hash is at hand, the fresh insights of a company as it is now for a place: what match_insights() finds then. No row for a limit that require_limit() refuses. Inlined by the planner.';
