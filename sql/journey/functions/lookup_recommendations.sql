CREATE OR REPLACE FUNCTION evergreen.lookup_recommendations(
  p_company_id uuid, p_limit integer DEFAULT 3, p_after_failure boolean DEFAULT false, p_now timestamptz DEFAULT NULL,
  OUT cache_key text, OUT freshness text, OUT reason text, OUT seen text, OUT content jsonb, OUT generated_at timestamptz,
  OUT generation_model text, OUT generation_prompt_id text, OUT context_hash text, OUT refresh_context boolean
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_found integer;
  v_best record;
BEGIN
  -- THE HIT: with the hash at hand, one statement; complete, it is what match_recommendations() finds.
  SELECT count(*), jsonb_agg(jsonb_build_object('id', c.id, 'step_id', c.step_id, 'status', c.status, 'match', 'current', 'revision', c.revision,
                                                'generated_at', evergreen.json_time(c.generated_at), 'content', c.content)),
         max(c.generated_at), (array_agg(c.generation_model))[1], (array_agg(c.generation_prompt_id))[1], min(c.context_hash)
    INTO v_found, content, generated_at, generation_model, generation_prompt_id, context_hash
    FROM evergreen.current_recommendations(p_company_id, p_limit, v_now) AS c;
  refresh_context := false;
  IF v_found = p_limit AND v_found > 0 THEN
    cache_key := p_company_id || ':' || context_hash;
    freshness := 'fresh';
    reason := 'hit';
    RETURN;
  END IF;
  PERFORM evergreen.require_limit('p_limit', p_limit, 100);
  content := NULL;
  generated_at := NULL;
  generation_model := NULL;
  generation_prompt_id := NULL;

  refresh_context := evergreen.context_is_refreshable(p_company_id, 'recommendation');
  context_hash := evergreen.company_context_hash(p_company_id, 'recommendation');
  cache_key := p_company_id || ':' || context_hash;

  SELECT jsonb_agg(evergreen.recommendation_json(m.recommendation, m.match) ORDER BY m.ordinality) AS items,
         (array_agg(m.recommendation ORDER BY m.ordinality))[1] AS first, (array_agg(m.match ORDER BY m.ordinality))[1] AS match,
         (array_agg(m.freshness ORDER BY m.ordinality))[1] AS freshness
    INTO v_best
    FROM evergreen.match_recommendations(p_company_id, context_hash, p_limit, COALESCE(p_after_failure, false), v_now)
         WITH ORDINALITY AS m (recommendation, match, freshness, ordinality);

  IF v_best.match = 'current' OR (p_after_failure AND v_best.items IS NOT NULL) THEN
    content := v_best.items;
    freshness := v_best.freshness;
    generated_at := (v_best.first).generated_at;
    generation_model := (v_best.first).generation_model;
    generation_prompt_id := (v_best.first).generation_prompt_id;
  END IF;
  IF freshness = 'fresh' THEN
    reason := 'hit';
  ELSE
    reason := (evergreen.explain_regeneration(p_company_id, 'recommendation', context_hash, v_now)).reason;
    freshness := COALESCE(freshness, CASE reason WHEN 'no_content' THEN 'missing' ELSE 'expired' END);
    seen := pg_current_snapshot()::text;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_recommendations IS 'One row for the client: may the recommendations of a company be answered from what is there? freshness (fresh, stale, expired, missing) and reason (hit, or that of explain_regeneration()); content is what may be shown, with p_after_failure also what only a failed generation excuses. refresh_context: the hash had to be computed, and refresh_company_contexts() would put it at hand. cache_key, seen and context_hash go to claim_generation(), prepare_recommendations() and save_recommendations(). Writes nothing. VG002 unknown company, VG007 for a limit below 1.';
