CREATE OR REPLACE FUNCTION evergreen.find_recommendations(
  p_company_id uuid, p_limit integer DEFAULT 3, p_after_failure boolean DEFAULT false, p_now timestamptz DEFAULT NULL
) RETURNS TABLE (
  id uuid, step_id uuid, content jsonb, status text, match text, freshness text, revision integer, generated_at timestamptz,
  expires_at timestamptz, context_hash text, generation_model text, generation_prompt_id text, times_presented integer
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 3 AS $$
BEGIN
  PERFORM evergreen.require_limit('p_limit', p_limit, 100);
  RETURN QUERY
  SELECT (m.recommendation).id, (m.recommendation).step_id, (m.recommendation).content, (m.recommendation).status, m.match, m.freshness,
         (m.recommendation).revision, (m.recommendation).generated_at, (m.recommendation).expires_at, (m.recommendation).context_hash,
         (m.recommendation).generation_model, (m.recommendation).generation_prompt_id, (m.recommendation).times_presented
    FROM evergreen.match_recommendations(p_company_id, evergreen.company_context_hash(p_company_id, 'recommendation'), p_limit,
                                         COALESCE(p_after_failure, false), COALESCE(p_now, clock_timestamp())) AS m;
END;
$$;
COMMENT ON FUNCTION evergreen.find_recommendations(uuid, integer, boolean, timestamptz) IS 'Recommendations to show for a company, at most p_limit, each step once and none it has completed. match says which kind each is: current (made for the company as it is now), other_context (for an earlier state, still within max_age), and only with p_after_failure stale or expired (within stale_if_error). Writes nothing: runs on a replica. VG002 unknown company, VG007 for a limit below 1.';
