CREATE OR REPLACE FUNCTION evergreen.prepare_refinement(
  p_recommendation_id uuid, p_instruction text, p_revision integer, OUT state text, OUT prompt_id text, OUT prompt text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy('refinement');
  v_recommendation evergreen.ai_generated_recommendations;
BEGIN
  PERFORM evergreen.require_instruction(p_instruction);
  PERFORM evergreen.require_revision(p_revision);
  v_recommendation := evergreen.lock_recommendation(p_recommendation_id);
  IF v_recommendation.revision <> p_revision THEN
    state := 'context_moved';
    RETURN;
  END IF;
  SELECT 'ready', r.prompt_id, r.prompt INTO state, prompt_id, prompt
    FROM evergreen.render_available(v_policy.prompt_type,
           evergreen.journey_prompt_variables(v_recommendation.company_id, evergreen.company_context(v_recommendation.company_id), v_policy.context_max_items)
           || jsonb_build_object('recommendation', jsonb_pretty(v_recommendation.content), 'instruction', p_instruction)) AS r;
END;
$$;
COMMENT ON FUNCTION evergreen.prepare_refinement(uuid, text, integer) IS 'The prompt that improves a revision of a recommendation by an instruction. state ready, or context_moved: it has another revision by now. VG002 unknown id, VG007 a blank instruction or no revision.';
