CREATE OR REPLACE FUNCTION evergreen.log_generation(
  p_generation_type text,
  p_model text,
  p_success boolean,
  p_provider text DEFAULT 'openai',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_prompt_id text DEFAULT NULL,
  p_prompt_tokens integer DEFAULT NULL,
  p_completion_tokens integer DEFAULT NULL,
  p_cached_tokens integer DEFAULT NULL,
  p_generation_time_ms integer DEFAULT NULL,
  p_outcome text DEFAULT 'generated',
  p_error_code text DEFAULT NULL,
  p_error_message text DEFAULT NULL,
  p_request_id text DEFAULT NULL,
  p_created_at timestamptz DEFAULT NULL
) RETURNS numeric
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_type text := p_generation_type;
  v_cost numeric;
BEGIN
  PERFORM evergreen.require_user(p_user_id);
  IF NOT EXISTS (SELECT FROM evergreen.content_policies AS c WHERE c.prompt_type = v_type)
     AND NOT EXISTS (SELECT FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = v_type) THEN
    SELECT c.prompt_type INTO v_type FROM evergreen.content_policies AS c WHERE c.content_type = p_generation_type;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'unknown generation type %', COALESCE(quote_literal(p_generation_type), 'NULL')
        USING ERRCODE = 'VG001', HINT = 'Use a prompt_type or a content_type of evergreen.content_policies.';
    END IF;
  END IF;
  IF p_model IS NULL OR p_model !~ E'\\S' OR p_success IS NULL OR p_provider IS NULL OR p_provider !~ E'\\S' OR p_outcome IS NULL THEN
    RAISE EXCEPTION 'a log line needs provider, model, success and outcome' USING ERRCODE = 'VG007', HINT = 'None of them may be NULL or blank.';
  END IF;
  PERFORM evergreen.require_provider(p_provider);
  IF p_outcome NOT IN ('generated', 'saved_stale', 'lease_lost', 'uncached', 'failed', 'embedded') THEN
    RAISE EXCEPTION 'outcome % is not known', quote_literal(p_outcome)
      USING ERRCODE = 'VG007', HINT = 'Use generated, saved_stale, lease_lost, uncached, failed or embedded.';
  END IF;
  IF NOT isfinite(p_created_at) THEN
    RAISE EXCEPTION 'a call cannot have been made at %', p_created_at USING ERRCODE = 'VG007', HINT = 'Pass when it was made, or NULL for now.';
  END IF;
  IF p_prompt_tokens < 0 OR p_completion_tokens < 0 OR p_cached_tokens < 0 OR p_generation_time_ms < 0 THEN
    RAISE EXCEPTION 'tokens and time cannot be negative' USING ERRCODE = 'VG007', HINT = 'Pass NULL for what is not known.';
  END IF;
  IF p_prompt_id IS NOT NULL AND NOT EXISTS (SELECT FROM evergreen.ai_generation_prompts AS p WHERE p.id = p_prompt_id) THEN
    RAISE EXCEPTION 'there is no prompt %', quote_literal(p_prompt_id) USING ERRCODE = 'VG002', HINT = 'Pass the prompt_id of render_prompt(), or NULL.';
  END IF;
  -- A report that is sent again, because nobody knew whether it had arrived, counts once.
  IF p_request_id IS NOT NULL AND p_created_at IS NOT NULL THEN
    -- LOCK: as the line itself would, before its partitions are read: ensure_log_partitions() holds the other side.
    LOCK TABLE ONLY evergreen.ai_generation_logs IN ROW EXCLUSIVE MODE;
    PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.log_generation:' || p_request_id, 0));
    SELECT l.cost INTO v_cost FROM evergreen.ai_generation_logs AS l
     WHERE l.created_at = p_created_at AND l.request_id = left(p_request_id, 200) AND l.provider = p_provider AND l.outcome = p_outcome
     LIMIT 1;
    IF FOUND THEN
      RETURN v_cost;
    END IF;
  END IF;
  RETURN evergreen.write_log(v_type, p_provider, p_model, p_success, p_outcome, p_company_id, p_user_id, p_prompt_id,
    p_prompt_tokens, p_completion_tokens, p_cached_tokens, p_generation_time_ms, p_error_code, p_error_message, p_request_id,
    COALESCE(p_created_at, clock_timestamp()), NULL);
END;
$$;
COMMENT ON FUNCTION evergreen.log_generation IS 'Logs and bills a call of a model that no save or failure reports: made while the database was down, or outside of this package. p_generation_type is a prompt type, or a content type, which stands for the prompt type of its policy. The same request reported twice (p_request_id, p_created_at, provider and outcome) is logged once. Returns its cost in USD (NULL: unknown price). VG001 for an unknown type, VG002 for an unknown prompt, VG007 for missing, unknown or negative values.';
