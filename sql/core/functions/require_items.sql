CREATE OR REPLACE FUNCTION evergreen.require_items(p_name text, p_items jsonb, p_max_bytes integer) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_wrong record;
BEGIN
  IF p_items IS NULL OR jsonb_typeof(p_items) <> 'array' OR jsonb_array_length(p_items) = 0 THEN
    RAISE EXCEPTION '% must be a JSON array that is not empty', p_name USING ERRCODE = 'VG007', HINT = 'An answer without content is a failed generation: call fail_generation().';
  END IF;
  IF jsonb_array_length(p_items) > 100 THEN
    RAISE EXCEPTION 'there are % %', jsonb_array_length(p_items), p_name USING ERRCODE = 'VG006', HINT = 'At most 100 in one save.';
  END IF;
  SELECT e.ordinality, jsonb_typeof(e.value) AS kind, octet_length(e.value::text) AS bytes INTO v_wrong
    FROM jsonb_array_elements(p_items) WITH ORDINALITY AS e
   WHERE jsonb_typeof(e.value) <> 'object' OR e.value = '{}' OR octet_length(e.value::text) > p_max_bytes
   LIMIT 1;
  IF v_wrong.bytes > p_max_bytes THEN
    RAISE EXCEPTION 'number % of the % has % bytes, its policy allows %', v_wrong.ordinality, p_name, v_wrong.bytes, p_max_bytes
      USING ERRCODE = 'VG006', HINT = 'Raise max_bytes with evergreen.set_content_policy(), at most to 5242880.';
  ELSIF v_wrong.kind IS NOT NULL THEN
    RAISE EXCEPTION 'number % of the % is not an object with fields', v_wrong.ordinality, p_name
      USING ERRCODE = 'VG007', HINT = format('It is %s.', v_wrong.kind);
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_items(text, jsonb, integer) IS 'Internal: VG007 unless it is an array of objects, VG006 when one is over max_bytes or there are more than 100.';
