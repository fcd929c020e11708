CREATE OR REPLACE FUNCTION evergreen.canonical_plain(p_value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
-- PostgreSQL's own text differs from the canonical one in the order of keys and in white space only.
DECLARE
  v_text text := p_value::text;
BEGIN
  -- At most one key in all of it, and every quote begins or ends a string: what stands outside of strings loses its spaces.
  IF strpos(v_text, E'\\') = 0 AND octet_length(v_text) - octet_length(replace(v_text, '": ', '')) <= 3 THEN
    RETURN (SELECT string_agg(CASE p.ordinality % 2 WHEN 1 THEN replace(p.part, ' ', '') ELSE p.part END, '"' ORDER BY p.ordinality)
              FROM unnest(string_to_array(v_text, '"')) WITH ORDINALITY AS p (part, ordinality));
  END IF;
  CASE jsonb_typeof(p_value)
    WHEN 'object' THEN
      RETURN '{' || (
        SELECT string_agg(to_json(m.key)::text || ':'
                          || CASE WHEN jsonb_typeof(m.value) IN ('object', 'array') THEN evergreen.canonical_plain(m.value) ELSE m.value::text END,
                          ',' ORDER BY m.key COLLATE "C")
          FROM jsonb_each(p_value) AS m) || '}';
    WHEN 'array' THEN
      RETURN '[' || (
        SELECT string_agg(CASE WHEN jsonb_typeof(e.value) IN ('object', 'array') THEN evergreen.canonical_plain(e.value) ELSE e.value::text END,
                          ',' ORDER BY e.ordinality)
          FROM jsonb_array_elements(p_value) WITH ORDINALITY AS e) || ']';
    ELSE RETURN v_text;
  END CASE;
END;
$$;
COMMENT ON FUNCTION evergreen.canonical_plain(jsonb) IS 'Internal: canonical_json() of a value that is ASCII and has no number with zeros at its end.';
