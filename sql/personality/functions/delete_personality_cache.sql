CREATE OR REPLACE FUNCTION evergreen.delete_personality_cache(
  p_user_id text, p_revision integer DEFAULT NULL, p_id uuid DEFAULT NULL, p_now timestamptz DEFAULT NULL
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_revision integer;
  v_id uuid;
BEGIN
  PERFORM evergreen.require_known_user(p_user_id);
  PERFORM evergreen.require_time(p_now);
  -- LOCK: the lease, then the row, as every save does.
  PERFORM evergreen.lock_lease('personality', p_user_id, NULL, p_user_id);
  SELECT c.revision, c.id INTO v_revision, v_id FROM evergreen.personality_cache AS c WHERE c.user_id = p_user_id FOR UPDATE;
  PERFORM evergreen.require_same_personality(p_user_id, p_revision, p_id, v_revision, v_id);
  DELETE FROM evergreen.personality_cache AS c WHERE c.user_id = p_user_id;
  PERFORM evergreen.end_generation(p_user_id, false, COALESCE(p_now, clock_timestamp()));
  IF v_id IS NOT NULL THEN
    PERFORM evergreen.audit('delete_personality_cache', p_user_id, NULL, NULL);
  END IF;
  RETURN v_id IS NOT NULL;
END;
$$;
COMMENT ON FUNCTION evergreen.delete_personality_cache(text, integer, uuid, timestamptz) IS 'Deletes the analysis of a user and their adjustments; what is being generated meanwhile is billed, not kept. p_revision, p_id: only this revision of this row, as get_personality_cache() tells them (NULL: whatever is there; revision 0: nothing must be). Returns whether there was one; audited. VG002 unknown user, VG007 blank, VG011 another revision or row: nothing was deleted. Source: seed 001_9b8056624fff263c.txt (deleteCache).';
