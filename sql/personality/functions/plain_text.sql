CREATE OR REPLACE FUNCTION evergreen.plain_text(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(normalize(p_text, NFC), E'\\s+', ' ', 'g'), ' ')
$$;
COMMENT ON FUNCTION evergreen.plain_text(text) IS 'Internal: a text in Unicode NFC, white space made one blank: two texts with the same words are equal.';
