CREATE OR REPLACE FUNCTION evergreen.match_health_summary(p_company_id uuid, p_context_hash text, p_after_failure boolean, p_now timestamptz)
RETURNS TABLE (
  id uuid, content jsonb, match text, freshness text, revision integer, generated_at timestamptz, expires_at timestamptz,
  context_hash text, generation_model text, generation_prompt_id text, times_presented integer
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan ROWS 1 AS $$
BEGIN
  RETURN QUERY
  SELECT h.id, h.content, 'current', evergreen.freshness(h.generated_at, h.expires_at, true, p.max_age, p.stale_while_revalidate, p_now),
         h.revision, h.generated_at, h.expires_at, h.context_hash, h.generation_model, h.generation_prompt_id, h.times_presented
    FROM evergreen.content_policies AS p, evergreen.ai_business_health_summaries AS h
   WHERE p.content_type = 'health' AND h.company_id = p_company_id AND h.context_hash = p_context_hash
     AND h.invalidated_at IS NULL AND h.schema_version = p.schema_version
     AND evergreen.freshness(h.generated_at, h.expires_at, true, p.max_age, p.stale_while_revalidate, p_now) <> 'expired';
  IF FOUND OR NOT p_after_failure THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT h.id, h.content,
         CASE WHEN h.context_hash <> p_context_hash THEN 'other_context' WHEN h.invalidated_at IS NOT NULL THEN 'stale' ELSE 'expired' END,
         'expired', h.revision, h.generated_at, h.expires_at, h.context_hash, h.generation_model, h.generation_prompt_id, h.times_presented
    FROM evergreen.content_policies AS p, evergreen.ai_business_health_summaries AS h
   WHERE p.content_type = 'health' AND h.company_id = p_company_id AND h.schema_version = p.schema_version
     AND extract(epoch FROM p_now - h.generated_at) < extract(epoch FROM p.stale_if_error)
   ORDER BY h.generated_at DESC, h.id LIMIT 1;
END;
$$;
COMMENT ON FUNCTION evergreen.match_health_summary(uuid, text, boolean, timestamptz) IS 'Internal: the health summary to show for a company in a context; after a failure, when there is none, the newest of any context within stale_if_error.';
