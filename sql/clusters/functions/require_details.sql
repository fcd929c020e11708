CREATE OR REPLACE FUNCTION evergreen.require_details(p_ordinal bigint, p_details jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF jsonb_typeof(p_details) <> 'object' THEN
    RAISE EXCEPTION 'the details of answer % are not an object', p_ordinal USING ERRCODE = 'VG007', HINT = 'Give e.g. {"prompt_tokens": 100}, or {}.';
  END IF;
  PERFORM jsonb_populate_record(NULL::evergreen.pending_save,
                                p_details - '{ordinal,cache_key,subject_hash,asked,error,lease_token,embedding}'::text[]);
  PERFORM e::real FROM jsonb_array_elements_text(CASE jsonb_typeof(p_details -> 'embedding') WHEN 'array' THEN p_details -> 'embedding' ELSE '[]' END) AS e;
EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range OR datetime_field_overflow OR invalid_datetime_format THEN
  RAISE EXCEPTION 'the details of answer % are malformed: %', p_ordinal, SQLERRM
    USING ERRCODE = 'VG007', HINT = 'Counts are integers, expires_at is a time.';
END;
$$;
COMMENT ON FUNCTION evergreen.require_details(bigint, jsonb) IS 'Internal: VG007 for details of an answer of save_answers() that are no object or cannot be read.';
