CREATE OR REPLACE FUNCTION evergreen.prepare_journey_prompt(
  p_company_id uuid, p_content_type text, p_context_hash text, p_more jsonb, OUT state text, OUT prompt_id text, OUT prompt text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_context jsonb;
  v_variables jsonb;
BEGIN
  PERFORM evergreen.require_company(p_company_id);
  PERFORM evergreen.require_context_hash(p_context_hash);
  -- One statement, so that the hash and the words of the prompt are of the same moment.
  SELECT c.context, evergreen.journey_prompt_variables(p_company_id, c.context, v_policy.context_max_items) || p_more
    INTO v_context, v_variables
    FROM (SELECT evergreen.company_context(p_company_id) AS context) AS c;
  IF evergreen.context_hash_of(v_context, p_content_type) IS DISTINCT FROM p_context_hash THEN
    state := 'context_moved';
    RETURN;
  END IF;
  PERFORM evergreen.record_context_snapshot(p_company_id, p_context_hash, v_context, clock_timestamp());
  PERFORM evergreen.fold_company_contexts(ARRAY[p_company_id]);
  SELECT 'ready', r.prompt_id, r.prompt INTO state, prompt_id, prompt
    FROM evergreen.render_available(v_policy.prompt_type, v_variables) AS r;
END;
$$;
COMMENT ON FUNCTION evergreen.prepare_journey_prompt(uuid, text, text, jsonb) IS 'Internal: the prompt of one content type for the company as it is now, and the snapshot of that state; context_moved when that is not p_context_hash.';
