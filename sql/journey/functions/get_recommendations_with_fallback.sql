CREATE OR REPLACE FUNCTION evergreen.get_recommendations_with_fallback(
  p_company_id uuid, p_limit integer DEFAULT 3, p_after_failure boolean DEFAULT false, p_now timestamptz DEFAULT NULL
) RETURNS SETOF evergreen.ai_generated_recommendations
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 3 AS $$
BEGIN
  PERFORM evergreen.require_limit('p_limit', p_limit, 100);
  RETURN QUERY
  SELECT (m.recommendation).*
    FROM evergreen.match_recommendations(p_company_id, evergreen.company_context_hash(p_company_id, 'recommendation'), p_limit,
                                         COALESCE(p_after_failure, false), COALESCE(p_now, clock_timestamp())) AS m;
END;
$$;
COMMENT ON FUNCTION evergreen.get_recommendations_with_fallback(uuid, integer, boolean, timestamptz) IS 'The rows of find_recommendations(): this context first, then other contexts within max_age, then, only after a failed generation (p_after_failure), stale or expired ones within stale_if_error. At most p_limit, each step once, none completed, newest first. Source: seed 004_cba5aaa9e1a5292b.txt.';
