CREATE OR REPLACE FUNCTION evergreen.begin_save(
  p_content_type text, p_cache_key text, p_lease_token uuid, p_company_id uuid, p_user_id text, p_now timestamptz, p_outdated boolean DEFAULT false
) RETURNS evergreen.open_save
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- First thing of every save: is the lease still ours (fencing), and was it invalidated meanwhile? It ends here: all of a save is one transaction.
DECLARE
  v_save evergreen.open_save;
BEGIN
  IF p_lease_token IS NULL THEN
    RAISE EXCEPTION 'nothing is saved without a lease' USING ERRCODE = 'VG007', HINT = 'Claim the key with evergreen.claim_generation() and pass its lease_token.';
  END IF;
  -- What the lease had reserved, and whether it was waited for, stays written for the answer of this statement: it means nothing without a token, and the next claim writes it anew.
  -- IS TRUE, here and wherever a token is asked for: no proof for the planner that the index of the leases that are held, however many, would do.
  UPDATE evergreen.generation_leases AS l
     SET lease_token = NULL, holder = NULL,
         saved_xid = CASE WHEN l.invalidated OR p_outdated THEN l.saved_xid ELSE pg_current_xact_id() END,
         failures = 0, retry_at = NULL, last_error = NULL, updated_at = p_now
   WHERE l.content_type = p_content_type AND l.cache_key = p_cache_key AND (l.lease_token = p_lease_token) IS TRUE
  RETURNING CASE WHEN l.invalidated OR p_outdated THEN 'saved_stale' ELSE 'saved' END, p_company_id, COALESCE(p_user_id, l.user_id), l.reserved, l.waited_for
       INTO v_save;
  IF NOT FOUND THEN
    RAISE WARNING 'the lease of % % has passed to another: the answer is billed but not kept', p_content_type, quote_literal(p_cache_key)
      USING ERRCODE = 'VG004', HINT = 'Look up again: newer content may be there.';
    SELECT 'lease_lost', p.p_company_id, p.p_user_id, NULL::numeric, false INTO v_save FROM evergreen.payer_of_lost(p_lease_token, p_company_id, p_user_id) AS p;
  ELSIF v_save.waited_for THEN
    PERFORM evergreen.notify_waiters(p_content_type, p_cache_key);
  END IF;
  RETURN v_save;
END;
$$;
COMMENT ON FUNCTION evergreen.begin_save(text, text, uuid, uuid, text, timestamptz, boolean) IS 'Internal: locks and ends the lease of a save, notifies those who wait for it (when all of the save is committed), and says saved, saved_stale (an invalidation came meanwhile, or p_outdated: what was asked is no longer the question of now) or lease_lost (with a WARNING of SQLSTATE VG004: an error would roll back the log of what was spent), and who pays: whoever reserved. write_log() follows in the same transaction.';
