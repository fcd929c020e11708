CREATE OR REPLACE FUNCTION evergreen.invalidation_lock(p_content_type text, p_company_id uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT hashtextextended('evergreen.invalidation:' || p_content_type || ':' || COALESCE(p_company_id::text, '*'), 0)
$$;
COMMENT ON FUNCTION evergreen.invalidation_lock(text, uuid) IS 'Internal: key of the transaction lock between claims and invalidations of a content type (NULL: all of it) or of one company.';
