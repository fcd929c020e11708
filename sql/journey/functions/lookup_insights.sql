CREATE OR REPLACE FUNCTION evergreen.lookup_insights(
  p_company_id uuid, p_domain_id uuid DEFAULT NULL, p_step_id uuid DEFAULT NULL, p_limit integer DEFAULT 5,
  p_after_failure boolean DEFAULT false, p_now timestamptz DEFAULT NULL,
  OUT cache_key text, OUT freshness text, OUT reason text, OUT seen text, OUT content jsonb, OUT generated_at timestamptz,
  OUT generation_model text, OUT generation_prompt_id text, OUT context_hash text, OUT refresh_context boolean
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_place text := evergreen.insight_place(p_domain_id, p_step_id);
  v_newest record;
BEGIN
  -- THE HIT: with the hash at hand, one statement.
  SELECT jsonb_agg(jsonb_build_object('id', c.id, 'domain_id', c.domain_id, 'step_id', c.step_id, 'content', c.content, 'author_profile', c.author_profile,
                                      'relevance_score', c.relevance_score, 'generated_at', evergreen.json_time(c.generated_at))),
         max(c.generated_at), (array_agg(c.generation_model ORDER BY c.generated_at DESC))[1],
         (array_agg(c.generation_prompt_id ORDER BY c.generated_at DESC))[1], min(c.context_hash)
    INTO content, generated_at, generation_model, generation_prompt_id, context_hash
    FROM evergreen.current_insights(p_company_id, v_place, p_limit, v_now) AS c;
  refresh_context := false;
  IF content IS NOT NULL THEN
    cache_key := evergreen.insight_key(p_company_id, context_hash, p_domain_id, p_step_id);
    freshness := 'fresh';
    reason := 'hit';
    RETURN;
  END IF;
  PERFORM evergreen.require_limit('p_limit', p_limit, 100);

  refresh_context := evergreen.context_is_refreshable(p_company_id, 'insight');
  context_hash := evergreen.company_context_hash(p_company_id, 'insight');
  cache_key := evergreen.insight_key(p_company_id, context_hash, p_domain_id, p_step_id);

  -- They were generated together: the newest of them says how old the answer is.
  SELECT jsonb_agg(evergreen.insight_json(m.insight) ORDER BY m.ordinality) AS items,
         (array_agg(m.insight ORDER BY (m.insight).generated_at DESC))[1] AS insight,
         (array_agg(m.freshness ORDER BY (m.insight).generated_at DESC))[1] AS freshness
    INTO v_newest
    FROM evergreen.match_insights(p_company_id, v_place, context_hash, p_limit, COALESCE(p_after_failure, false), v_now)
         WITH ORDINALITY AS m (insight, match, freshness, ordinality);
  content := v_newest.items;
  freshness := v_newest.freshness;
  generated_at := (v_newest.insight).generated_at;
  generation_model := (v_newest.insight).generation_model;
  generation_prompt_id := (v_newest.insight).generation_prompt_id;

  IF freshness = 'fresh' THEN
    reason := 'hit';
  ELSE
    PERFORM evergreen.require_place(p_domain_id, p_step_id);
    -- The company may have insights of this state for other places: for this one it has none.
    reason := (evergreen.explain_regeneration(p_company_id, 'insight', context_hash, v_now)).reason;
    reason := CASE reason WHEN 'not_needed' THEN CASE WHEN content IS NULL THEN 'no_content' ELSE 'expired' END ELSE reason END;
    freshness := COALESCE(freshness, CASE reason WHEN 'no_content' THEN 'missing' ELSE 'expired' END);
    seen := pg_current_snapshot()::text;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_insights IS 'One row for the client: may the insights of a company (for a domain, a step, both or neither) be answered from what is there? Columns as in lookup_recommendations(). Writes nothing. VG002 unknown company, domain or step, VG007 for a limit below 1.';
