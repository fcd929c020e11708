CREATE OR REPLACE FUNCTION evergreen.save_refinement(
  p_recommendation_id uuid,
  p_instruction text,
  p_revision integer,
  p_content jsonb,
  p_lease_token uuid,
  p_provider text,
  p_model text,
  p_prompt_id text DEFAULT NULL,
  p_prompt_tokens integer DEFAULT NULL,
  p_completion_tokens integer DEFAULT NULL,
  p_cached_tokens integer DEFAULT NULL,
  p_generation_time_ms integer DEFAULT NULL,
  p_request_id text DEFAULT NULL,
  p_expires_at timestamptz DEFAULT NULL,
  p_now timestamptz DEFAULT NULL,
  OUT state text, OUT content jsonb, OUT generated_at timestamptz, OUT cost numeric
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy('recommendation');
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_save evergreen.open_save;
  v_key text := format('refine:%s:%s:%s', p_recommendation_id, p_revision, md5(p_instruction));
  v_recommendation evergreen.ai_generated_recommendations;
BEGIN
  PERFORM evergreen.require_instruction(p_instruction);
  PERFORM evergreen.require_revision(p_revision);
  PERFORM evergreen.require_items('contents', jsonb_build_array(p_content), v_policy.max_bytes);
  v_save := evergreen.begin_save('refinement', v_key, p_lease_token,
    (SELECT r.company_id FROM evergreen.ai_generated_recommendations AS r WHERE r.id = p_recommendation_id), NULL, v_now);
  state := v_save.state;
  v_recommendation := evergreen.lock_recommendation(p_recommendation_id);
  PERFORM evergreen.require_generation(v_recommendation.context_hash, p_provider, p_model, p_prompt_id);
  -- Another revision came meanwhile: this one answers to a text that is no longer there.
  IF state <> 'lease_lost' AND v_recommendation.revision <> p_revision THEN
    state := 'saved_stale';
    v_save.state := state;
  ELSIF state <> 'lease_lost' THEN
    -- It stays what it recommends: the step is not the model's to change.
    UPDATE evergreen.ai_generated_recommendations AS r
       SET content = p_content || jsonb_build_object('step_id', r.step_id), instruction = p_instruction, revision = r.revision + 1,
           generation_model = p_model, generation_prompt_id = p_prompt_id, generated_at = v_now,
           expires_at = COALESCE(p_expires_at, r.expires_at), schema_version = v_policy.schema_version
     WHERE r.id = p_recommendation_id
    RETURNING * INTO v_recommendation;
  END IF;
  content := evergreen.recommendation_json(v_recommendation, 'current');
  generated_at := v_recommendation.generated_at;
  cost := evergreen.write_log((evergreen.policy('refinement')).prompt_type, p_provider, p_model, true, v_save.state, v_save.company_id, v_save.user_id, p_prompt_id,
                              p_prompt_tokens, p_completion_tokens, p_cached_tokens, p_generation_time_ms, NULL, NULL, p_request_id, v_now, v_save.reserved);
END;
$$;
COMMENT ON FUNCTION evergreen.save_refinement IS 'Keeps an improved recommendation as the next revision of its row; status, feedback and step stay, the earlier text goes to ai_recommendation_revisions. state saved, saved_stale (another revision came meanwhile: billed, not kept; content is the present one), lease_lost. VG002 unknown id or prompt, VG006 too large, VG007 wrong shape.';
