CREATE OR REPLACE FUNCTION evergreen.subject_of(p_content_type text, p_digest text, p_parent_id uuid) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  -- content_hash() of the text, which has nothing to normalise.
  SELECT encode(sha256(convert_to('"' || p_content_type || ':' || p_digest || COALESCE(':' || p_parent_id, '') || '"', 'UTF8')), 'hex')
$$;
COMMENT ON FUNCTION evergreen.subject_of(text, text, uuid) IS 'Internal: subject_hash of an input, given its content_hash. Inlined.';
