CREATE OR REPLACE FUNCTION evergreen.lookup_refinement(
  p_recommendation_id uuid, p_instruction text, p_revision integer DEFAULT NULL, p_after_failure boolean DEFAULT false, p_now timestamptz DEFAULT NULL,
  OUT cache_key text, OUT freshness text, OUT reason text, OUT seen text, OUT content jsonb, OUT generated_at timestamptz,
  OUT generation_model text, OUT generation_prompt_id text, OUT context_hash text, OUT base_revision integer, OUT company_id uuid
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- A refinement is asked of a revision. It is there when the next revision was made by the same instruction.
DECLARE
  v_recommendation evergreen.ai_generated_recommendations;
BEGIN
  PERFORM evergreen.require_instruction(p_instruction);
  SELECT * INTO v_recommendation FROM evergreen.ai_generated_recommendations AS r WHERE r.id = p_recommendation_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no recommendation %', COALESCE(p_recommendation_id::text, 'NULL')
      USING ERRCODE = CASE WHEN p_recommendation_id IS NULL THEN 'VG007' ELSE 'VG002' END, HINT = 'Pass the id of a row of ai_generated_recommendations.';
  END IF;
  base_revision := COALESCE(p_revision, v_recommendation.revision);
  IF base_revision NOT BETWEEN 1 AND v_recommendation.revision THEN
    RAISE EXCEPTION 'recommendation % has no revision %', p_recommendation_id, base_revision
      USING ERRCODE = 'VG002', HINT = format('Its revisions are 1 to %s.', v_recommendation.revision);
  END IF;
  company_id := v_recommendation.company_id;
  context_hash := v_recommendation.context_hash;
  cache_key := format('refine:%s:%s:%s', p_recommendation_id, base_revision, md5(p_instruction));

  IF v_recommendation.revision = base_revision + 1 AND v_recommendation.instruction = p_instruction THEN
    freshness := 'fresh';
    reason := 'hit';
  ELSE
    freshness := 'missing';
    reason := 'no_content';
    seen := pg_current_snapshot()::text;
  END IF;
  IF freshness = 'fresh' OR p_after_failure THEN
    content := evergreen.recommendation_json(v_recommendation, 'current');
    generated_at := v_recommendation.generated_at;
    generation_model := v_recommendation.generation_model;
    generation_prompt_id := v_recommendation.generation_prompt_id;
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.lookup_refinement IS 'One row for the client: is there a revision of this recommendation made from p_revision (NULL: the present one) by this instruction? base_revision is the revision asked about, to pass in later lookups of the same call. With p_after_failure content is the present revision. VG002 unknown id or revision, VG007 a blank instruction.';
