CREATE OR REPLACE FUNCTION evergreen.read_saves(
  p_inputs text[], p_results text[], p_lease_tokens uuid[], p_details jsonb,
  p_variant evergreen.question, p_policy evergreen.content_policies, p_model text, p_parameters text, p_prompt_id text
) RETURNS evergreen.pending_save[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- All at once when nothing is wrong; else one by one, so that what is wrong is said of its answer. Embeddings are read one by one too.
DECLARE
  v_details jsonb[] := CASE WHEN p_details IS NULL THEN array_fill('{}'::jsonb, ARRAY[cardinality(p_inputs)])
                            ELSE ARRAY(SELECT d.value FROM jsonb_array_elements(p_details) WITH ORDINALITY AS d (value, n) ORDER BY d.n) END;
  v_results jsonb[];
  v_common text := evergreen.asked_text(p_policy.content_type, '', p_model, p_variant.provider, CASE WHEN p_variant.own_prompt THEN p_variant.prompt END,
                                        p_variant.prompt_id, p_parameters, p_variant.company_id, p_variant.user_id, p_variant.parent_id,
                                        p_variant.parent_updated_at);
BEGIN
  v_results := evergreen.read_jsons('result', p_results, p_policy.max_bytes);
  IF array_position(p_lease_tokens, NULL) IS NOT NULL
     OR EXISTS (SELECT FROM unnest(v_results, v_details) AS a (result, details)
                 WHERE jsonb_typeof(a.result) = 'null' OR jsonb_typeof(a.details) <> 'object' OR jsonb_typeof(a.details -> 'embedding') = 'array') THEN
    RAISE EXCEPTION USING ERRCODE = 'VG007', MESSAGE = 'read them one by one';
  END IF;
  RETURN ARRAY(
    SELECT ROW(q.ordinal, COALESCE(a.details ->> 'input_hash', q.input_hash), q.input, q.input_hash, q.subject_hash,
               CASE WHEN COALESCE(a.details ->> 'input_hash' = q.input_hash, true) THEN sha256(convert_to(v_common || a.input, 'UTF8')) END,
               a.result, NULL, a.lease_token, COALESCE(a.details ->> 'model', p_model), COALESCE(a.details ->> 'prompt_id', p_prompt_id),
               (a.details ->> 'prompt_tokens')::integer, (a.details ->> 'completion_tokens')::integer, (a.details ->> 'cached_tokens')::integer,
               (a.details ->> 'generation_time_ms')::integer, a.details ->> 'request_id', NULL, a.details ->> 'embedding_model',
               (a.details ->> 'expires_at')::timestamptz)::evergreen.pending_save
      FROM evergreen.questions_of(p_variant, p_policy, p_inputs) AS q
      JOIN unnest(p_inputs, v_results, p_lease_tokens, v_details) WITH ORDINALITY AS a (input, result, lease_token, details, n) ON a.n = q.ordinal
     ORDER BY q.ordinal);
EXCEPTION WHEN data_exception OR statement_too_complex OR SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
  RETURN ARRAY(SELECT evergreen.read_save(a.n::integer, a.input, a.result, a.lease_token, a.details, p_variant, p_policy, p_model, p_parameters, p_prompt_id)
                 FROM unnest(p_inputs, p_results, p_lease_tokens, v_details) WITH ORDINALITY AS a (input, result, lease_token, details, n) ORDER BY a.n);
END;
$$;
COMMENT ON FUNCTION evergreen.read_saves IS 'Internal: the elements of save_answers().';
