CREATE OR REPLACE FUNCTION evergreen.begin_save(p_content_type text, p_cache_key text, p_lease_token uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- First thing of every save: is the lease still ours (fencing), and was it invalidated meanwhile?
DECLARE
  v_invalidated boolean;
BEGIN
  IF p_lease_token IS NULL THEN
    RAISE EXCEPTION 'nothing is saved without a lease' USING ERRCODE = 'VG007', HINT = 'Claim the key with evergreen.claim_generation() and pass its lease_token.';
  END IF;
  -- IS TRUE, here and wherever a token is asked for: no proof for the planner that the index of the leases that are held, however many, would do.
  SELECT l.invalidated INTO v_invalidated FROM evergreen.generation_leases AS l
   WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key AND (l.lease_token = p_lease_token) IS TRUE FOR UPDATE;
  IF NOT FOUND THEN
    RAISE WARNING 'the lease of % % has passed to another: the answer is billed but not kept', p_content_type, quote_literal(p_cache_key)
      USING ERRCODE = 'VG004', HINT = 'Look up again: newer content may be there.';
    RETURN 'lease_lost';
  END IF;
  RETURN CASE WHEN v_invalidated THEN 'saved_stale' ELSE 'saved' END;
END;
$$;
COMMENT ON FUNCTION evergreen.begin_save(text, text, uuid) IS 'Internal: locks the lease of a save and says saved, saved_stale (an invalidation came meanwhile) or lease_lost (with a WARNING of SQLSTATE VG004: an error would roll back the log of what was spent).';
