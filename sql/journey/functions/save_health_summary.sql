CREATE OR REPLACE FUNCTION evergreen.save_health_summary(
  p_company_id uuid,
  p_context_hash text,
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
  v_policy evergreen.content_policies := evergreen.policy('health');
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_save evergreen.open_save;
  v_key text := p_company_id || ':' || p_context_hash;
BEGIN
  PERFORM evergreen.require_company(p_company_id), evergreen.require_generation(p_context_hash, p_provider, p_model, p_prompt_id);
  PERFORM evergreen.require_items('contents', jsonb_build_array(p_content), v_policy.max_bytes);
  v_save := evergreen.begin_save('health', v_key, p_lease_token, p_company_id, NULL, v_now);
  state := v_save.state;
  IF state <> 'lease_lost' THEN
    PERFORM evergreen.hold_host(p_company_id, NULL, NULL);
    INSERT INTO evergreen.ai_business_health_summaries AS h
      (company_id, content, context_hash, generation_model, generation_prompt_id, generated_at, expires_at, invalidated_at, schema_version)
    VALUES (p_company_id, p_content, p_context_hash, p_model, p_prompt_id, v_now, p_expires_at,
            CASE state WHEN 'saved_stale' THEN v_now END, v_policy.schema_version)
    ON CONFLICT (company_id, context_hash) DO UPDATE SET
      content = excluded.content, generation_model = excluded.generation_model, generation_prompt_id = excluded.generation_prompt_id,
      generated_at = excluded.generated_at, expires_at = excluded.expires_at, invalidated_at = excluded.invalidated_at,
      schema_version = excluded.schema_version, revision = h.revision + 1
    RETURNING jsonb_build_object('id', h.id, 'match', CASE state WHEN 'saved_stale' THEN 'stale' ELSE 'current' END, 'revision', h.revision,
                                 'generated_at', evergreen.json_time(h.generated_at), 'content', h.content)
      INTO content;
    generated_at := v_now;
  END IF;
  cost := evergreen.write_log(v_policy.prompt_type, p_provider, p_model, true, v_save.state, v_save.company_id, v_save.user_id, p_prompt_id,
                              p_prompt_tokens, p_completion_tokens, p_cached_tokens, p_generation_time_ms, NULL, NULL, p_request_id, v_now, v_save.reserved);
END;
$$;
COMMENT ON FUNCTION evergreen.save_health_summary IS 'Keeps the business health summary a model gave for a company in a state; the same state again replaces it (revision counts). state, content and cost as in save_recommendations(). VG002 unknown company or prompt, VG006 too large, VG007 wrong shape.';
