CREATE OR REPLACE FUNCTION evergreen.save_personality_tuning(
  p_user_id text, p_tuning jsonb, p_revision integer DEFAULT NULL, p_id uuid DEFAULT NULL, p_now timestamptz DEFAULT NULL,
  OUT state text, OUT revision integer, OUT tuning jsonb, OUT personality jsonb, OUT updated_at timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_tuning IS NULL OR jsonb_typeof(p_tuning) <> 'object' THEN
    RAISE EXCEPTION 'the tuning is not a JSON object' USING ERRCODE = 'VG007', HINT = 'Give {path: value, ...}, e.g. {"/traits/openness/score": 80}; null takes an adjustment back.';
  END IF;
  SELECT t.* INTO state, revision, tuning, personality, updated_at
    FROM evergreen.keep_tuning(p_user_id, p_tuning, p_revision, p_id, COALESCE(p_now, clock_timestamp())) AS t;
END;
$$;
COMMENT ON FUNCTION evergreen.save_personality_tuning(text, jsonb, integer, uuid, timestamptz) IS 'Adds a person''s adjustments to those that are there: {path: value} with JSON Pointers into the analysis, an element of a list under its name (/traits/openness/score), its text or its position as in explain_changes(); each of the type of what it adjusts; null takes one back. state saved (a new revision), unchanged (they were there), conflict (the present revision, which is returned, is not p_revision, or the row is not p_id, having been deleted and made anew: nothing was written). personality is the analysis with all adjustments. At most 200, of 64 KB together. VG002 no analysis of that user, VG006 too many, VG007 a path that is not there or another type.';
