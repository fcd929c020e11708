CREATE OR REPLACE FUNCTION evergreen.invalidate_personality_cache(p_user_id text, p_now timestamptz DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_generating boolean;
  v_present boolean;
BEGIN
  PERFORM evergreen.require_known_user(p_user_id);
  -- LOCK: the lease, so that no generation begins or is saved in between unmarked; then the row.
  PERFORM evergreen.lock_lease('personality', p_user_id, NULL, p_user_id);
  UPDATE evergreen.generation_leases AS l SET invalidated = true
   WHERE l.content_type = 'personality' AND l.cache_key = p_user_id AND l.lease_token IS NOT NULL;
  v_generating := FOUND;
  UPDATE evergreen.personality_cache AS c SET is_stale = true, updated_at = COALESCE(p_now, clock_timestamp()) WHERE c.user_id = p_user_id AND NOT c.is_stale;
  v_present := FOUND OR EXISTS (SELECT FROM evergreen.personality_cache AS c WHERE c.user_id = p_user_id);
  IF v_present OR v_generating THEN
    PERFORM evergreen.audit('invalidate_personality_cache', p_user_id, NULL, jsonb_build_object('present', v_present, 'generating', v_generating));
  END IF;
  RETURN v_present OR v_generating;
END;
$$;
COMMENT ON FUNCTION evergreen.invalidate_personality_cache(text, timestamptz) IS 'The analysis of a user is no longer right: it is generated anew when next asked for, and shown until then only if that fails. What is being generated meanwhile is saved as stale. Adjustments stay. Returns whether there was something; audited. VG002 unknown user, VG007 blank. Source: seed 001_9b8056624fff263c.txt (invalidateCache).';
