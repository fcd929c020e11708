CREATE OR REPLACE FUNCTION evergreen.match_recommendations(
  p_company_id uuid, p_context_hash text, p_limit integer, p_after_failure boolean, p_now timestamptz
) RETURNS TABLE (recommendation evergreen.ai_generated_recommendations, match text, freshness text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_sort = off ROWS 3 AS $$
-- In the order of the fallback, each step or title once, none whose step the company has completed. Rows are read
-- along the indexes, newest first and only as far as the limit needs: hence no sort, whatever the statistics say.
DECLARE
  v_keys text[] := ARRAY[]::text[];
  v_row record;
BEGIN
  -- THIS CONTEXT: what is fresh, and only if that is not enough what has just aged. Within a context nothing stands twice.
  match := 'current';
  FOREACH freshness IN ARRAY ARRAY['fresh', 'stale'] LOOP
    FOR recommendation IN
      SELECT r.*
        FROM evergreen.content_policies AS p, evergreen.ai_generated_recommendations AS r
       WHERE p.content_type = 'recommendation'
         AND r.company_id = p_company_id AND r.context_hash = p_context_hash AND r.status IN ('fresh', 'active')
         AND r.schema_version = p.schema_version
         AND evergreen.freshness(r.generated_at, r.expires_at, true, p.max_age, p.stale_while_revalidate, p_now) = match_recommendations.freshness
         AND (SELECT true FROM evergreen.host_company_journey_steps AS s WHERE s.company_id = p_company_id AND s.step_id = r.step_id AND s.status = 'completed' LIMIT 1) IS NULL
       ORDER BY r.generated_at DESC, r.rank, r.id
       LIMIT p_limit - cardinality(v_keys)
    LOOP
      v_keys := v_keys || recommendation.recommendation_key;
      RETURN NEXT;
    END LOOP;
    IF cardinality(v_keys) >= p_limit THEN
      RETURN;
    END IF;
  END LOOP;

  -- ANOTHER CONTEXT, while it is not too old; AFTER A FAILURE also what is stale or expired, as far back as
  -- stale_if_error forgives. Read newest first along the index, only as far as the limit needs.
  freshness := 'expired';
  FOR v_row IN
    (SELECT r AS recommendation, 'other_context' AS match
       FROM evergreen.content_policies AS p, evergreen.ai_generated_recommendations AS r
      WHERE p.content_type = 'recommendation'
        AND r.company_id = p_company_id AND r.status IN ('fresh', 'active') AND r.context_hash <> p_context_hash
        AND r.schema_version = p.schema_version
        AND evergreen.freshness(r.generated_at, r.expires_at, true, p.max_age, p.stale_while_revalidate, p_now) = 'fresh'
        AND (SELECT true FROM evergreen.host_company_journey_steps AS s WHERE s.company_id = p_company_id AND s.step_id = r.step_id AND s.status = 'completed' LIMIT 1) IS NULL
      ORDER BY r.generated_at DESC, r.rank, r.id)
    UNION ALL
    (SELECT r, CASE r.status WHEN 'stale' THEN 'stale' ELSE 'expired' END
       FROM evergreen.content_policies AS p, evergreen.ai_generated_recommendations AS r
      WHERE p.content_type = 'recommendation' AND p_after_failure
        AND r.company_id = p_company_id AND r.status <> 'completed'
        AND r.schema_version = p.schema_version
        AND extract(epoch FROM p_now - r.generated_at) < extract(epoch FROM p.stale_if_error)
        AND (SELECT true FROM evergreen.host_company_journey_steps AS s WHERE s.company_id = p_company_id AND s.step_id = r.step_id AND s.status = 'completed' LIMIT 1) IS NULL
      ORDER BY r.generated_at DESC, r.rank, r.id)
  LOOP
    EXIT WHEN cardinality(v_keys) >= p_limit;
    recommendation := v_row.recommendation;
    match := v_row.match;
    CONTINUE WHEN recommendation.recommendation_key = ANY (v_keys);
    v_keys := v_keys || recommendation.recommendation_key;
    RETURN NEXT;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.match_recommendations(uuid, text, integer, boolean, timestamptz) IS 'Internal: the recommendations to show for a company in a context, at most p_limit: current (this context), other_context (still within max_age), and after a failure stale or expired ones within stale_if_error.';
