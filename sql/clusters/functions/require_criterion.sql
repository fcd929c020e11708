CREATE OR REPLACE FUNCTION evergreen.require_criterion(
  p_input text, p_model text, p_prompt_id text, p_older_than interval, p_id uuid, p_all boolean
) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_given integer := num_nonnulls(p_input, p_model, p_prompt_id, p_older_than, p_id);
BEGIN
  IF v_given = 0 AND p_all IS NOT TRUE OR v_given > 0 AND p_all THEN
    RAISE EXCEPTION 'it is not said what to invalidate'
      USING ERRCODE = 'VG007', HINT = 'Give p_input, p_model, p_prompt_id, p_older_than or p_id (several: what fits them all), or p_all => true and nothing else.';
  END IF;
  IF p_older_than < interval '0' THEN
    RAISE EXCEPTION 'p_older_than is %, which is not yet', p_older_than USING ERRCODE = 'VG007', HINT = 'Give an age of zero or more.';
  END IF;
  IF p_prompt_id IS NOT NULL AND NOT EXISTS (SELECT FROM evergreen.ai_generation_prompts AS p WHERE p.id = p_prompt_id) THEN
    RAISE EXCEPTION 'there is no prompt %', quote_literal(p_prompt_id) USING ERRCODE = 'VG002', HINT = 'Its id is its type and version, e.g. cluster_v1.';
  END IF;
  IF p_id IS NOT NULL AND NOT EXISTS (SELECT FROM evergreen.ai_answers AS a WHERE a.id = p_id) THEN
    RAISE EXCEPTION 'there is no answer %', p_id USING ERRCODE = 'VG002', HINT = 'Pass the id of a cluster, of goals, or of another answer.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_criterion(text, text, text, interval, uuid, boolean) IS 'Internal: VG007 for an invalidation that says nothing or everything twice, VG002 for an unknown prompt or answer.';
