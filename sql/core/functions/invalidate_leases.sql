CREATE OR REPLACE FUNCTION evergreen.invalidate_leases(p_content_type text, p_company_id uuid DEFAULT NULL, p_cache_keys text[] DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Called by a shelf before it marks its rows: what is being generated now will be saved as stale.
DECLARE
  v_count integer;
BEGIN
  PERFORM evergreen.require_read_committed('nothing can be invalidated');
  -- Invalidations of one company share their lock with each other and never wait for one another; claims wait.
  IF p_company_id IS NULL THEN
    PERFORM pg_advisory_xact_lock(evergreen.invalidation_lock(p_content_type, NULL));
  ELSE
    PERFORM pg_advisory_xact_lock_shared(evergreen.invalidation_lock(p_content_type, p_company_id));
  END IF;
  WITH held AS (
    SELECT l.cache_key FROM evergreen.generation_leases AS l
     WHERE l.content_type = p_content_type AND l.lease_token IS NOT NULL
       -- The journey's keys begin with the company, also where the claim did not name it.
       AND (p_company_id IS NULL OR l.company_id = p_company_id OR starts_with(l.cache_key, p_company_id || ':'))
       AND (p_cache_keys IS NULL OR l.cache_key = ANY (p_cache_keys))
     ORDER BY l.cache_key FOR NO KEY UPDATE
  )
  UPDATE evergreen.generation_leases AS l SET invalidated = true
    FROM held WHERE l.content_type = p_content_type AND l.cache_key = held.cache_key;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END;
$$;
COMMENT ON FUNCTION evergreen.invalidate_leases(text, uuid, text[]) IS 'Internal: marks what is being generated (of a content type, one company, or some keys) so that it is saved as stale; returns how many. No claim in its reach begins until the caller''s transaction ends. VG007 outside of READ COMMITTED.';
