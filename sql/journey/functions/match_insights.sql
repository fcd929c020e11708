CREATE OR REPLACE FUNCTION evergreen.match_insights(
  p_company_id uuid, p_place text, p_context_hash text, p_limit integer, p_after_failure boolean, p_now timestamptz
) RETURNS TABLE (insight evergreen.ai_generated_insights, match text, freshness text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan ROWS 5 AS $$
BEGIN
  -- THIS CONTEXT: what is fresh; only without any, what has just aged. Older ones never push out what was generated since.
  FOREACH freshness IN ARRAY ARRAY['fresh', 'stale'] LOOP
    RETURN QUERY
    SELECT i, 'current', match_insights.freshness
      FROM evergreen.content_policies AS p, evergreen.ai_generated_insights AS i
     WHERE p.content_type = 'insight' AND i.company_id = p_company_id AND i.context_hash = p_context_hash AND i.asked_for @> ARRAY[p_place]
       AND i.invalidated_at IS NULL AND i.schema_version = p.schema_version
       AND evergreen.freshness(i.generated_at, i.expires_at, true, p.max_age, p.stale_while_revalidate, p_now) = match_insights.freshness
     ORDER BY i.relevance_score DESC NULLS LAST, i.times_presented, i.generated_at DESC, i.id
     LIMIT p_limit;
    IF FOUND THEN
      RETURN;
    END IF;
  END LOOP;
  IF NOT p_after_failure THEN
    RETURN;
  END IF;

  RETURN QUERY
  SELECT i, CASE WHEN i.context_hash <> p_context_hash THEN 'other_context' WHEN i.invalidated_at IS NOT NULL THEN 'stale' ELSE 'expired' END, 'expired'
    FROM evergreen.content_policies AS p, evergreen.ai_generated_insights AS i
   WHERE p.content_type = 'insight' AND i.company_id = p_company_id AND i.asked_for @> ARRAY[p_place] AND i.schema_version = p.schema_version
     AND extract(epoch FROM p_now - i.generated_at) < extract(epoch FROM p.stale_if_error)
   ORDER BY i.relevance_score DESC NULLS LAST, i.times_presented, i.generated_at DESC, i.id
   LIMIT p_limit;
END;
$$;
COMMENT ON FUNCTION evergreen.match_insights(uuid, text, text, integer, boolean, timestamptz) IS 'Internal: insights of a company for a place in a context, best first; after a failure, when there are none, those of any context within stale_if_error.';
