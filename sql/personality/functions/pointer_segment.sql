CREATE OR REPLACE FUNCTION evergreen.pointer_segment(p_segment text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT '/' || replace(replace(p_segment, '~', '~0'), '/', '~1')
$$;
COMMENT ON FUNCTION evergreen.pointer_segment(text) IS 'Internal: one more step of a JSON Pointer (RFC 6901).';
