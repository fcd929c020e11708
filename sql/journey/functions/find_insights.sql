CREATE OR REPLACE FUNCTION evergreen.find_insights(
  p_company_id uuid, p_domain_id uuid DEFAULT NULL, p_step_id uuid DEFAULT NULL, p_limit integer DEFAULT 5,
  p_after_failure boolean DEFAULT false, p_now timestamptz DEFAULT NULL
) RETURNS TABLE (
  id uuid, domain_id uuid, step_id uuid, content text, author_profile jsonb, relevance_score double precision, match text, freshness text,
  generated_at timestamptz, expires_at timestamptz, context_hash text, generation_model text, generation_prompt_id text, times_presented integer
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off ROWS 5 AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_place text := evergreen.insight_place(p_domain_id, p_step_id);
BEGIN
  -- THE HIT: with the hash at hand, one statement.
  RETURN QUERY
  SELECT c.id, c.domain_id, c.step_id, c.content, c.author_profile, c.relevance_score, 'current', 'fresh', c.generated_at, c.expires_at,
         c.context_hash, c.generation_model, c.generation_prompt_id, c.times_presented
    FROM evergreen.current_insights(p_company_id, v_place, p_limit, v_now) AS c;
  IF FOUND THEN
    RETURN;
  END IF;
  PERFORM evergreen.require_limit('p_limit', p_limit, 100);
  RETURN QUERY
  SELECT (m.insight).id, (m.insight).domain_id, (m.insight).step_id, (m.insight).content, (m.insight).author_profile, (m.insight).relevance_score,
         m.match, m.freshness, (m.insight).generated_at, (m.insight).expires_at, (m.insight).context_hash, (m.insight).generation_model,
         (m.insight).generation_prompt_id, (m.insight).times_presented
    FROM evergreen.match_insights(p_company_id, v_place, evergreen.company_context_hash(p_company_id, 'insight'),
                                  p_limit, COALESCE(p_after_failure, false), v_now) AS m;
  IF NOT FOUND THEN
    PERFORM evergreen.require_place(p_domain_id, p_step_id);
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.find_insights(uuid, uuid, uuid, integer, boolean, timestamptz) IS 'Peer insights generated for a company in its present state, for a domain, a step, both or neither: most relevant first, least shown first among equals. With p_after_failure, when there are none, those of earlier states within stale_if_error. Writes nothing. VG002 unknown company, domain or step, VG007 for a limit below 1.';
