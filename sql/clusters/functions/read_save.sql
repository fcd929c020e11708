CREATE OR REPLACE FUNCTION evergreen.read_save(
  p_ordinal integer, p_answer text, p_variant evergreen.question, p_policy evergreen.content_policies, p_model text, p_parameters text, p_prompt_id text
) RETURNS evergreen.pending_save
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- What is wrong with the result is kept in error; what is wrong with the rest is the caller's mistake.
DECLARE
  v_save evergreen.pending_save;
  v_question evergreen.question;
  v_answer jsonb := evergreen.read_json('answer ' || p_ordinal, p_answer, 134217728);
BEGIN
  IF jsonb_typeof(v_answer) <> 'object' THEN
    RAISE EXCEPTION 'answer % is not an object', p_ordinal USING ERRCODE = 'VG007', HINT = 'Give {"input": ..., "result": ..., "lease_token": ...}.';
  END IF;
  v_save := jsonb_populate_record(NULL::evergreen.pending_save, v_answer - '{cache_key,input,subject_hash,asked,result,error,embedding}'::text[]);
  v_save.ordinal := p_ordinal;
  v_question := evergreen.question_of(p_variant, p_policy, v_answer ->> 'input');
  v_save.input := v_question.input;
  v_save.input_hash := v_question.input_hash;
  v_save.subject_hash := v_question.subject_hash;
  v_save.cache_key := COALESCE(v_answer ->> 'input_hash', v_question.input_hash);
  IF v_save.cache_key = v_save.input_hash THEN
    v_save.asked := evergreen.asked_as(p_policy.content_type, v_answer ->> 'input', p_model, p_variant.provider,
                                       CASE WHEN p_variant.own_prompt THEN p_variant.prompt END, p_variant.prompt_id, p_parameters,
                                       p_variant.company_id, p_variant.user_id, p_variant.parent_id, p_variant.parent_updated_at);
  END IF;
  v_save.model := COALESCE(v_save.model, p_model);
  v_save.prompt_id := COALESCE(v_save.prompt_id, p_prompt_id);
  IF v_save.lease_token IS NULL THEN
    PERFORM evergreen.begin_save(p_policy.content_type, v_save.cache_key, NULL, NULL);
  END IF;
  BEGIN
    v_save.result := evergreen.read_result(v_answer ->> 'result', p_policy.max_bytes);
    IF jsonb_typeof(v_answer -> 'embedding') = 'array' THEN
      v_save.embedding := evergreen.unit_vector(ARRAY(SELECT e::real FROM jsonb_array_elements_text(v_answer -> 'embedding') AS e), v_save.embedding_model);
    END IF;
  EXCEPTION WHEN SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
    v_save.error := SQLERRM;
  END;
  RETURN v_save;
EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range OR datetime_field_overflow OR invalid_datetime_format THEN
  RAISE EXCEPTION 'answer % is malformed: %', p_ordinal, SQLERRM
    USING ERRCODE = 'VG007', HINT = 'Its lease_token is a uuid, its counts are integers, expires_at is a time.';
END;
$$;
COMMENT ON FUNCTION evergreen.read_save(integer, text, evergreen.question, evergreen.content_policies, text, text, text) IS 'Internal: one element of save_answers(), read by itself.';
