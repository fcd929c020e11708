CREATE OR REPLACE FUNCTION evergreen.read_json(p_name text, p_json text, p_max_bytes integer) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
-- JSON that came from outside, as text, so that what is wrong with it is said in words and not by the parser's own errors.
DECLARE
  v_value jsonb;
  v_deep boolean;
BEGIN
  IF octet_length(p_json) > p_max_bytes THEN
    RAISE EXCEPTION 'the % has % bytes, its policy allows %', p_name, octet_length(p_json), p_max_bytes
      USING ERRCODE = 'VG006', HINT = 'Raise max_bytes with evergreen.set_content_policy(), at most to 5242880.';
  END IF;
  IF evergreen.has_huge_number(p_json) THEN
    RAISE EXCEPTION 'the % has a number beyond what JSON numbers hold', p_name
      USING ERRCODE = 'VG007', HINT = 'Numbers go from -1.7e308 to 1.7e308; give a longer one as a string.';
  END IF;
  BEGIN
    v_value := p_json::jsonb;
    v_deep := jsonb_path_exists(v_value, '$.**{65}');
  EXCEPTION
    WHEN invalid_text_representation OR untranslatable_character OR numeric_value_out_of_range THEN
      IF p_json ~ E'\\S' THEN
        RAISE EXCEPTION 'the % is not valid JSON: %', p_name, SQLERRM
          USING ERRCODE = 'VG007', HINT = E'NaN, Infinity, halves of surrogate pairs and the character \\u0000 are not JSON, or cannot be stored.';
      END IF;
    WHEN statement_too_complex THEN
      v_deep := true;
  END;
  IF v_deep THEN
    RAISE EXCEPTION 'the % is nested too deeply', p_name USING ERRCODE = 'VG007', HINT = 'At most 64 levels.';
  ELSIF v_value IS NULL THEN
    RAISE EXCEPTION 'the % is empty', p_name USING ERRCODE = 'VG007', HINT = 'Give JSON as text, e.g. {"items": ["a", "b"]}.';
  END IF;
  RETURN v_value;
END;
$$;
COMMENT ON FUNCTION evergreen.read_json(text, text, integer) IS 'Internal: a text as JSON. VG006 over the bytes allowed, VG007 for anything that is not JSON, has a number beyond double precision, or is nested over 64 levels.';
