CREATE OR REPLACE FUNCTION evergreen.find_recommendations(
  p_company_id uuid, p_limit integer DEFAULT 3, p_after_failure boolean DEFAULT false, p_now timestamptz DEFAULT NULL
) RETURNS TABLE (
  id uuid, step_id uuid, content jsonb, status text, match text, freshness text, revision integer, generated_at timestamptz,
  expires_at timestamptz, context_hash text, generation_model text, generation_prompt_id text, times_presented integer
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off ROWS 3 AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_found integer;
BEGIN
  -- THE HIT: with the hash at hand, one statement: the beginning of what match_recommendations() finds.
  RETURN QUERY
  SELECT c.id, c.step_id, c.content, c.status, 'current', 'fresh', c.revision, c.generated_at, c.expires_at, c.context_hash,
         c.generation_model, c.generation_prompt_id, c.times_presented
    FROM evergreen.current_recommendations(p_company_id, p_limit, v_now) AS c;
  GET DIAGNOSTICS v_found = ROW_COUNT;
  IF v_found = p_limit AND v_found > 0 THEN
    RETURN;
  END IF;
  PERFORM evergreen.require_limit('p_limit', p_limit, 100);
  RETURN QUERY
  SELECT (m.recommendation).id, (m.recommendation).step_id, (m.recommendation).content, (m.recommendation).status, m.match, m.freshness,
         (m.recommendation).revision, (m.recommendation).generated_at, (m.recommendation).expires_at, (m.recommendation).context_hash,
         (m.recommendation).generation_model, (m.recommendation).generation_prompt_id, (m.recommendation).times_presented
    FROM evergreen.match_recommendations(p_company_id, evergreen.company_context_hash(p_company_id, 'recommendation'), p_limit,
                                         COALESCE(p_after_failure, false), v_now) AS m
  OFFSET v_found;
END;
$$;
COMMENT ON FUNCTION evergreen.find_recommendations(uuid, integer, boolean, timestamptz) IS 'Recommendations to show for a company, at most p_limit, each step once and none it has completed. match says which kind each is: current (made for the company as it is now), other_context (for an earlier state, still within max_age), and only with p_after_failure stale or expired (within stale_if_error). Writes nothing: runs on a replica. VG002 unknown company, VG007 for a limit below 1.';
