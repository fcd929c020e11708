CREATE OR REPLACE FUNCTION evergreen.delete_personality_cache(p_user_id text, p_now timestamptz DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_deleted boolean;
BEGIN
  PERFORM evergreen.require_known_user(p_user_id);
  PERFORM evergreen.lock_lease('personality', p_user_id, NULL, p_user_id);
  DELETE FROM evergreen.personality_cache AS c WHERE c.user_id = p_user_id;
  v_deleted := FOUND;
  PERFORM evergreen.end_generation(p_user_id, false, COALESCE(p_now, clock_timestamp()));
  IF v_deleted THEN
    PERFORM evergreen.audit('delete_personality_cache', p_user_id, NULL, NULL);
  END IF;
  RETURN v_deleted;
END;
$$;
COMMENT ON FUNCTION evergreen.delete_personality_cache(text, timestamptz) IS 'Deletes the analysis of a user and their adjustments; what is being generated meanwhile is billed, not kept. Returns whether there was one; audited. VG002 unknown user, VG007 blank. Source: seed 001_9b8056624fff263c.txt (deleteCache).';
