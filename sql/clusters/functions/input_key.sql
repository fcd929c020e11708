CREATE OR REPLACE FUNCTION evergreen.input_key(p_variant_hash text, p_digest text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  -- content_hash() of the text, which has nothing to normalise.
  SELECT encode(sha256(convert_to('"' || p_variant_hash || ':' || p_digest || '"', 'UTF8')), 'hex')
$$;
COMMENT ON FUNCTION evergreen.input_key(text, text) IS 'Internal: input_hash of an input, given its content_hash. Inlined.';
