CREATE OR REPLACE FUNCTION evergreen.subject_of(p_content_type text, p_digest text, p_parent_id uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT evergreen.content_hash(to_jsonb(concat_ws(':', p_content_type, p_digest, p_parent_id)))
$$;
COMMENT ON FUNCTION evergreen.subject_of(text, text, uuid) IS 'Internal: subject_hash of an input, given its content_hash.';
