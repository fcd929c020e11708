CREATE OR REPLACE FUNCTION evergreen.read_saves(
  p_inputs text[], p_read jsonb[], p_errors text[], p_lease_tokens uuid[], p_details jsonb,
  p_variant evergreen.question, p_model text, p_parameters text, p_prompt_id text
) RETURNS evergreen.pending_save[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- What is wrong with an embedding is kept in error, as what is wrong with a result; what is wrong with the rest is the caller's mistake.
DECLARE
  v_saves evergreen.pending_save[];
  v_embedded record;
  v_common text := evergreen.asked_text(p_variant.content_type, '', p_model, p_variant.provider, CASE WHEN p_variant.own_prompt THEN p_variant.prompt END,
                                        p_variant.prompt_id, p_parameters, p_variant.company_id, p_variant.user_id, p_variant.parent_id,
                                        p_variant.parent_updated_at);
BEGIN
  IF array_position(p_lease_tokens, NULL) IS NOT NULL THEN
    PERFORM evergreen.begin_save(p_variant.content_type, NULL, NULL, NULL, NULL, NULL);
  END IF;
  v_saves := ARRAY(
    SELECT ROW(q.ordinal, COALESCE(d.input_hash, q.input_hash), q.input_hash, q.subject_hash,
               CASE WHEN COALESCE(d.input_hash = q.input_hash, true) THEN sha256(convert_to(v_common || p_inputs[q.ordinal], 'UTF8')) END,
               p_errors[q.ordinal], p_lease_tokens[q.ordinal], COALESCE(d.model, p_model), COALESCE(d.prompt_id, p_prompt_id),
               d.prompt_tokens, d.completion_tokens, d.cached_tokens, d.generation_time_ms, d.request_id, NULL, d.embedding_model,
               d.expires_at)::evergreen.pending_save
      FROM evergreen.questions_of(p_variant, p_read) AS q
      LEFT JOIN ROWS FROM (jsonb_to_recordset(p_details) AS (
             input_hash text, model text, prompt_id text, prompt_tokens integer, completion_tokens integer, cached_tokens integer,
             generation_time_ms integer, request_id text, embedding_model text, expires_at timestamptz)) WITH ORDINALITY AS d ON d.ordinality = q.ordinal
     ORDER BY q.ordinal);

  FOR v_embedded IN
    SELECT d.ordinality AS n, ARRAY(SELECT e::real FROM jsonb_array_elements_text(d.value -> 'embedding') AS e) AS embedding
      FROM jsonb_array_elements(p_details) WITH ORDINALITY AS d
     WHERE jsonb_typeof(d.value -> 'embedding') = 'array'
  LOOP
    BEGIN
      v_saves[v_embedded.n].embedding := evergreen.unit_vector(v_embedded.embedding, v_saves[v_embedded.n].embedding_model);
    EXCEPTION WHEN SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
      v_saves[v_embedded.n].error := COALESCE(v_saves[v_embedded.n].error, SQLERRM);
    END;
  END LOOP;
  RETURN v_saves;
EXCEPTION WHEN data_exception THEN
  PERFORM evergreen.require_details(d.ordinality, d.value) FROM jsonb_array_elements(p_details) WITH ORDINALITY AS d ORDER BY d.ordinality;
  RAISE;
END;
$$;
COMMENT ON FUNCTION evergreen.read_saves IS 'Internal: the elements of save_answers(), given their inputs as they were spelled and as they were read, and what is wrong with their results. VG007 for details that cannot be read.';
