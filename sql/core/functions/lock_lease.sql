CREATE OR REPLACE FUNCTION evergreen.lock_lease(
  p_content_type text, p_cache_key text, p_company_id uuid, p_user_id text
) RETURNS evergreen.generation_leases
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- The row of a key, locked until the end of the transaction, made when there is none.
DECLARE
  v_lease evergreen.generation_leases;
BEGIN
  -- An invalidation holds the other side of these locks until it commits, so that no claim begins in
  -- between with what was true before it and escapes its mark. See invalidate_leases().
  PERFORM pg_advisory_xact_lock_shared(evergreen.invalidation_lock(p_content_type, NULL));
  IF p_company_id IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(evergreen.invalidation_lock(p_content_type, p_company_id));
  END IF;

  LOOP
    SELECT * INTO v_lease FROM evergreen.generation_leases AS l
     WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key FOR NO KEY UPDATE;
    EXIT WHEN FOUND;
    INSERT INTO evergreen.generation_leases (content_type, cache_key, company_id, user_id)
    VALUES (p_content_type, p_cache_key, p_company_id, p_user_id)
    ON CONFLICT (content_type, cache_key) DO NOTHING;
  END LOOP;
  RETURN v_lease;
END;
$$;
COMMENT ON FUNCTION evergreen.lock_lease(text, text, uuid, text) IS 'Internal: the lease row of a key, locked, made when missing.';
