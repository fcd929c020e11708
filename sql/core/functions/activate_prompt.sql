CREATE OR REPLACE FUNCTION evergreen.activate_prompt(p_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_type text;
  v_before text;
BEGIN
  SELECT p.prompt_type INTO v_type FROM evergreen.ai_generation_prompts AS p WHERE p.id = p_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no prompt %', COALESCE(quote_literal(p_id), 'NULL')
      USING ERRCODE = 'VG002', HINT = 'SELECT id, active FROM evergreen.ai_generation_prompts lists them.';
  END IF;
  PERFORM evergreen.require_read_committed('no prompt can be activated');
  PERFORM pg_advisory_xact_lock(hashtextextended('evergreen.publish_prompt:' || v_type, 0));
  SELECT p.id INTO v_before FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = v_type AND p.active;
  IF v_before IS NOT DISTINCT FROM p_id THEN
    RETURN;
  END IF;
  UPDATE evergreen.ai_generation_prompts AS p SET active = false WHERE p.id = v_before;
  UPDATE evergreen.ai_generation_prompts AS p SET active = true WHERE p.id = p_id;
  PERFORM evergreen.audit('activate_prompt', v_type, to_jsonb(v_before), to_jsonb(p_id));
END;
$$;
COMMENT ON FUNCTION evergreen.activate_prompt(text) IS 'Operator: generations of this type use this version from now on (also to go back to an earlier one). Content made with another version stays as it is. VG002 for an unknown id, VG007 outside of READ COMMITTED.';
