CREATE OR REPLACE FUNCTION evergreen.invalidate_personality_cache(
  p_user_id text, p_revision integer DEFAULT NULL, p_id uuid DEFAULT NULL, p_now timestamptz DEFAULT NULL
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_generating boolean;
  v_revision integer;
  v_id uuid;
BEGIN
  PERFORM evergreen.require_known_user(p_user_id);
  PERFORM evergreen.require_time(p_now);
  -- LOCK: the lease, so that no generation begins or is saved in between unmarked; then the row.
  PERFORM evergreen.lock_lease('personality', p_user_id, NULL, p_user_id);
  SELECT c.revision, c.id INTO v_revision, v_id FROM evergreen.personality_cache AS c WHERE c.user_id = p_user_id FOR NO KEY UPDATE;
  PERFORM evergreen.require_same_personality(p_user_id, p_revision, p_id, v_revision, v_id);
  UPDATE evergreen.generation_leases AS l SET invalidated = true
   WHERE l.content_type = 'personality' AND l.cache_key = p_user_id AND l.lease_token IS NOT NULL;
  v_generating := FOUND;
  UPDATE evergreen.personality_cache AS c SET is_stale = true, updated_at = COALESCE(p_now, clock_timestamp()) WHERE c.user_id = p_user_id AND NOT c.is_stale;
  IF v_id IS NOT NULL OR v_generating THEN
    PERFORM evergreen.audit('invalidate_personality_cache', p_user_id, NULL, jsonb_build_object('present', v_id IS NOT NULL, 'generating', v_generating));
  END IF;
  RETURN v_id IS NOT NULL OR v_generating;
END;
$$;
COMMENT ON FUNCTION evergreen.invalidate_personality_cache(text, integer, uuid, timestamptz) IS 'The analysis of a user is no longer right: it is generated anew when next asked for, and shown until then only if that fails. What is being generated meanwhile is saved as stale. Adjustments stay. p_revision, p_id: only this revision of this row, as get_personality_cache() tells them (NULL: whatever is there; revision 0: nothing must be). Returns whether there was something; audited. VG002 unknown user, VG007 blank, VG011 another revision or row: nothing was done. Source: seed 001_9b8056624fff263c.txt (invalidateCache).';
