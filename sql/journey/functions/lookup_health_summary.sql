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
    FROM evergreen.current_health_summary(p_company_id, v_now) AS h;
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
