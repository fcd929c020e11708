CREATE OR REPLACE FUNCTION evergreen.canonical_json(p_value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
-- One text for all spellings of the same value. Scalars are written in place, so that a list of
-- 10,000 ids costs one call and not 10,000.
DECLARE
  v_text text := p_value::text;
BEGIN
  IF octet_length(v_text) = char_length(v_text) AND (strpos(v_text, '.') = 0 OR v_text !~ E'\\.[0-9]*0([^0-9]|$)') THEN
    RETURN CASE WHEN jsonb_typeof(p_value) IN ('object', 'array') THEN evergreen.canonical_plain(p_value) ELSE v_text END;
  END IF;
  CASE jsonb_typeof(p_value)
    WHEN 'object' THEN
      RETURN '{' || COALESCE((
        SELECT string_agg(to_json(normalize(m.key, NFC))::text || ':' ||
                 CASE jsonb_typeof(m.value)
                   WHEN 'string' THEN to_json(normalize(m.value #>> '{}', NFC))::text
                   WHEN 'number' THEN trim_scale((m.value #>> '{}')::numeric)::text
                   WHEN 'object' THEN evergreen.canonical_json(m.value)
                   WHEN 'array' THEN evergreen.canonical_json(m.value)
                   ELSE m.value::text
                 END, ',' ORDER BY normalize(m.key, NFC) COLLATE "C", m.key COLLATE "C")
          FROM jsonb_each(p_value) AS m), '') || '}';
    WHEN 'array' THEN
      RETURN '[' || COALESCE((
        SELECT string_agg(
                 CASE jsonb_typeof(e.value)
                   WHEN 'string' THEN to_json(normalize(e.value #>> '{}', NFC))::text
                   WHEN 'number' THEN trim_scale((e.value #>> '{}')::numeric)::text
                   WHEN 'object' THEN evergreen.canonical_json(e.value)
                   WHEN 'array' THEN evergreen.canonical_json(e.value)
                   ELSE e.value::text
                 END, ',' ORDER BY e.ordinality)
          FROM jsonb_array_elements(p_value) WITH ORDINALITY AS e), '') || ']';
    WHEN 'string' THEN RETURN to_json(normalize(p_value #>> '{}', NFC))::text;
    WHEN 'number' THEN RETURN trim_scale((p_value #>> '{}')::numeric)::text;
    ELSE RETURN p_value::text;
  END CASE;
END;
$$;
COMMENT ON FUNCTION evergreen.canonical_json(jsonb) IS 'The canonical text of a JSON value: keys in code point order, no white space, numbers without trailing zeros or exponent, strings and keys in Unicode NFC. Agrees with RFC 8785 but for numbers that need an exponent there.';
