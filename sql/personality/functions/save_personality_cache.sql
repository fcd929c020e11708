CREATE OR REPLACE FUNCTION evergreen.save_personality_cache(
  p_user_id text,
  p_analysis jsonb,
  p_version integer DEFAULT NULL,
  p_revision integer DEFAULT NULL,
  p_id uuid DEFAULT NULL,
  p_model text DEFAULT NULL,
  p_expires_at timestamptz DEFAULT NULL,
  p_now timestamptz DEFAULT NULL,
  OUT state text, OUT revision integer, OUT updated_at timestamptz, OUT changes jsonb, OUT dropped_tuning jsonb
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy('personality');
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_saved record;
BEGIN
  PERFORM evergreen.require_known_user(p_user_id);
  PERFORM evergreen.require_analysis(p_analysis, v_policy.max_bytes);
  PERFORM evergreen.require_time(v_now);
  IF p_version < 1 THEN
    RAISE EXCEPTION 'version % is not one', p_version USING ERRCODE = 'VG007', HINT = 'The schema version is 1 or more; NULL: the policy''s.';
  END IF;
  -- LOCK: the lease, then the row, as every save does.
  PERFORM evergreen.lock_lease('personality', p_user_id, NULL, p_user_id);
  SELECT k.* INTO v_saved
    FROM evergreen.keep_personality(p_user_id, p_analysis, COALESCE(p_version, v_policy.schema_version), false, p_model, NULL, p_expires_at, p_revision, p_id, v_now) AS k;
  state := v_saved.state;
  revision := COALESCE((v_saved.kept).revision, 0);
  updated_at := (v_saved.kept).updated_at;
  changes := v_saved.changes;
  dropped_tuning := v_saved.dropped;
  IF state <> 'conflict' THEN
    PERFORM evergreen.end_generation(p_user_id, true, v_now);
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.save_personality_cache IS 'Keeps an analysis of the application''s own. state saved (a new revision; changes says what it says differently, dropped_tuning which adjustments no longer apply), unchanged (it says the same, see explain_changes(): only its age begins anew) or conflict (the present revision, which is returned, is not p_revision, or the row is not p_id: nothing was written). p_revision NULL: whatever is there; 0: nothing must be. p_id: only this row, as get_personality_cache() tells it; after a deletion revisions begin at 1 again, in another row. p_version: schema version, default the policy''s. What is being generated meanwhile is not kept. p_now: when it was analysed, believed from 2000 to 2199; NULL: now. VG002 unknown user, VG006 over max_bytes, VG007 wrong shape. Source: seed 001_9b8056624fff263c.txt (savePersonalityCache).';
