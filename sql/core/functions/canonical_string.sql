CREATE OR REPLACE FUNCTION evergreen.canonical_string(p_text text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT COALESCE(to_json(CASE WHEN octet_length(p_text) = char_length(p_text) THEN p_text ELSE normalize(p_text, NFC) END)::text, 'null')
$$;
COMMENT ON FUNCTION evergreen.canonical_string(text) IS 'Internal: canonical_json() of a text, null for NULL. Inlined.';
