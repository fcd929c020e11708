CREATE OR REPLACE FUNCTION evergreen.lookup_health_summary(
  p_company_id uuid, p_after_failure boolean DEFAULT false, p_now timestamptz DEFAULT NULL,
  OUT cache_key text, OUT freshness text, OUT reason text, OUT seen text, OUT content jsonb, OUT generated_at timestamptz,
  OUT generation_model text, OUT generation_prompt_id text, OUT context_hash text, OUT refresh_context boolean
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  -- THE HIT: with the hash at hand, one statement.
  SELECT p_company_id || ':' || h.context_hash, 'fresh', 'hit',
         jsonb_build_object('id', h.id, 'match', 'current', 'revision', h.revision, 'generated_at', evergreen.json_time(h.generated_at), 'content', h.content),
         h.generated_at, h.generation_model, h.generation_prompt_id, h.context_hash, false
    INTO cache_key, freshness, reason, content, generated_at, generation_model, generation_prompt_id, context_hash, refresh_context
    FROM evergreen.content_policies AS p, evergreen.ai_business_health_summaries AS h
   WHERE p.content_type = 'health' AND p.activity_granularity IS NULL
     AND h.company_id = p_company_id AND h.invalidated_at IS NULL AND h.schema_version = p.schema_version
     AND h.context_hash = (SELECT a.context_hash FROM evergreen.company_context_hashes AS a WHERE a.company_id = p_company_id
                              AND NOT EXISTS (SELECT FROM evergreen.company_changes AS g WHERE g.company_id IN (p_company_id, '00000000-0000-0000-0000-000000000000')))
     AND evergreen.is_fresh(h.generated_at, h.expires_at, p.max_age, v_now);
  IF FOUND THEN
    RETURN;
  END IF;

  refresh_context := evergreen.context_is_refreshable(p_company_id, 'health');
  context_hash := evergreen.company_context_hash(p_company_id, 'health');
  cache_key := p_company_id || ':' || context_hash;
  SELECT jsonb_build_object('id', f.id, 'match', f.match, 'revision', f.revision, 'generated_at', evergreen.json_time(f.generated_at), 'content', f.content),
         f.freshness, f.generated_at, f.generation_model, f.generation_prompt_id
    INTO content, freshness, generated_at, generation_model, generation_prompt_id
    FROM evergreen.match_health_summary(p_company_id, context_hash, COALESCE(p_after_failure, false), v_now) AS f;
  IF freshness = 'fresh' THEN
    reason := 'hit';
  ELSE
    reason := (evergreen.explain_regeneration(p_company_id, 'health', context_hash, v_now)).reason;
    freshness := COALESCE(freshness, CASE reason WHEN 'no_content' THEN 'missing' ELSE 'expired' END);
    seen := pg_current_snapshot()::text;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_health_summary IS 'One row for the client: may the business health of a company be answered from what is there? Columns as in lookup_recommendations(). Writes nothing. VG002 unknown company.';
