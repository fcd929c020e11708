CREATE OR REPLACE FUNCTION evergreen.read_saves(
  p_answers text[], p_variant evergreen.question, p_policy evergreen.content_policies, p_model text, p_parameters text, p_prompt_id text
) RETURNS evergreen.pending_save[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- All at once when nothing is wrong; else one by one, so that what is wrong is said of its answer. Embeddings are read one by one too.
DECLARE
  v_answers jsonb[];
  v_results jsonb[];
BEGIN
  -- Not by read_jsons(): what is kept of an answer is text, and read_jsons() reads that.
  v_answers := p_answers::jsonb[];
  v_results := evergreen.read_jsons('result', ARRAY(SELECT a.answer ->> 'result' FROM unnest(v_answers) WITH ORDINALITY AS a (answer, n) ORDER BY a.n), p_policy.max_bytes);
  IF EXISTS (SELECT FROM unnest(v_answers, v_results) AS a (answer, result)
              WHERE jsonb_typeof(a.answer) <> 'object' OR a.answer ->> 'lease_token' IS NULL OR jsonb_typeof(a.result) = 'null'
                 OR jsonb_typeof(a.answer -> 'embedding') = 'array') THEN
    RAISE EXCEPTION USING ERRCODE = 'VG007', MESSAGE = 'read them one by one';
  END IF;
  RETURN ARRAY(
    SELECT ROW(q.ordinal, COALESCE(a.answer ->> 'input_hash', q.input_hash), q.input, q.input_hash, q.subject_hash,
               CASE WHEN COALESCE(a.answer ->> 'input_hash' = q.input_hash, true) THEN
                 evergreen.asked_as(p_policy.content_type, a.answer ->> 'input', p_model, p_variant.provider,
                                    CASE WHEN p_variant.own_prompt THEN p_variant.prompt END, p_variant.prompt_id, p_parameters,
                                    p_variant.company_id, p_variant.user_id, p_variant.parent_id, p_variant.parent_updated_at) END,
               a.result, NULL, (a.answer ->> 'lease_token')::uuid, COALESCE(a.answer ->> 'model', p_model), COALESCE(a.answer ->> 'prompt_id', p_prompt_id),
               (a.answer ->> 'prompt_tokens')::integer, (a.answer ->> 'completion_tokens')::integer, (a.answer ->> 'cached_tokens')::integer,
               (a.answer ->> 'generation_time_ms')::integer, a.answer ->> 'request_id', NULL, a.answer ->> 'embedding_model',
               (a.answer ->> 'expires_at')::timestamptz)::evergreen.pending_save
      FROM evergreen.questions_of(p_variant, p_policy, ARRAY(SELECT a.answer ->> 'input' FROM unnest(v_answers) WITH ORDINALITY AS a (answer, n) ORDER BY a.n)) AS q
      JOIN unnest(v_answers, v_results) WITH ORDINALITY AS a (answer, result, n) ON a.n = q.ordinal
     ORDER BY q.ordinal);
EXCEPTION WHEN data_exception OR statement_too_complex OR SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
  RETURN ARRAY(SELECT evergreen.read_save(a.n::integer, a.answer, p_variant, p_policy, p_model, p_parameters, p_prompt_id)
                 FROM unnest(p_answers) WITH ORDINALITY AS a (answer, n) ORDER BY a.n);
END;
$$;
COMMENT ON FUNCTION evergreen.read_saves IS 'Internal: the elements of save_answers().';
