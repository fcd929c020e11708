CREATE OR REPLACE FUNCTION evergreen.read_save(
  p_ordinal integer, p_input text, p_result text, p_lease_token uuid, p_details jsonb,
  p_variant evergreen.question, p_policy evergreen.content_policies, p_model text, p_parameters text, p_prompt_id text
) RETURNS evergreen.pending_save
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- What is wrong with the result is kept in error; what is wrong with the rest is the caller's mistake.
DECLARE
  v_save evergreen.pending_save;
  v_question evergreen.question;
BEGIN
  IF jsonb_typeof(p_details) <> 'object' THEN
    RAISE EXCEPTION 'the details of answer % are not an object', p_ordinal USING ERRCODE = 'VG007', HINT = 'Give e.g. {"prompt_tokens": 100}, or {}.';
  END IF;
  v_save := jsonb_populate_record(NULL::evergreen.pending_save,
                                  p_details - '{ordinal,cache_key,input,subject_hash,asked,result,error,lease_token,embedding}'::text[]);
  v_save.ordinal := p_ordinal;
  v_save.lease_token := p_lease_token;
  v_question := evergreen.question_of(p_variant, p_policy, p_input);
  v_save.input := v_question.input;
  v_save.input_hash := v_question.input_hash;
  v_save.subject_hash := v_question.subject_hash;
  v_save.cache_key := COALESCE(p_details ->> 'input_hash', v_question.input_hash);
  IF v_save.cache_key = v_save.input_hash THEN
    v_save.asked := evergreen.asked_as(p_policy.content_type, p_input, p_model, p_variant.provider,
                                       CASE WHEN p_variant.own_prompt THEN p_variant.prompt END, p_variant.prompt_id, p_parameters,
                                       p_variant.company_id, p_variant.user_id, p_variant.parent_id, p_variant.parent_updated_at);
  END IF;
  v_save.model := COALESCE(v_save.model, p_model);
  v_save.prompt_id := COALESCE(v_save.prompt_id, p_prompt_id);
  IF v_save.lease_token IS NULL THEN
    PERFORM evergreen.begin_save(p_policy.content_type, v_save.cache_key, NULL, NULL, NULL, NULL);
  END IF;
  BEGIN
    v_save.result := evergreen.read_result(p_result, p_policy.max_bytes);
    IF jsonb_typeof(p_details -> 'embedding') = 'array' THEN
      v_save.embedding := evergreen.unit_vector(ARRAY(SELECT e::real FROM jsonb_array_elements_text(p_details -> 'embedding') AS e), v_save.embedding_model);
    END IF;
  EXCEPTION WHEN SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
    v_save.error := SQLERRM;
  END;
  RETURN v_save;
EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range OR datetime_field_overflow OR invalid_datetime_format THEN
  RAISE EXCEPTION 'the details of answer % are malformed: %', p_ordinal, SQLERRM
    USING ERRCODE = 'VG007', HINT = 'Counts are integers, expires_at is a time.';
END;
$$;
COMMENT ON FUNCTION evergreen.read_save IS 'Internal: one element of save_answers(), read by itself.';
