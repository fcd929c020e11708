CREATE OR REPLACE FUNCTION evergreen.keep_tuning(
  p_user_id text, p_given jsonb, p_revision integer, p_id uuid, p_now timestamptz,
  OUT state text, OUT revision integer, OUT tuning jsonb, OUT personality jsonb, OUT updated_at timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_row evergreen.personality_cache;
  v_tuning jsonb := jsonb '{}';
BEGIN
  PERFORM evergreen.require_known_user(p_user_id);
  PERFORM evergreen.require_time(p_now);
  SELECT c.* INTO v_row FROM evergreen.personality_cache AS c WHERE c.user_id = p_user_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no personality of user %', quote_literal(left(p_user_id, 80))
      USING ERRCODE = 'VG002', HINT = 'Analyse it first, or save an analysis with evergreen.save_personality_cache().';
  END IF;
  IF evergreen.is_other_personality(p_revision, p_id, v_row.revision, v_row.id) THEN
    state := 'conflict';
  ELSE
    IF p_given IS NOT NULL THEN
      v_tuning := evergreen.merge_tuning(v_row.analysis_data, v_row.tuning, p_given);
    END IF;
    state := CASE WHEN v_tuning = v_row.tuning AND v_row.dropped_tuning = '{}' THEN 'unchanged' ELSE 'saved' END;
  END IF;
  IF state = 'saved' THEN
    UPDATE evergreen.personality_cache AS c
       SET tuning = v_tuning, dropped_tuning = '{}', revision = c.revision + 1, tuned_at = p_now, updated_at = p_now
     WHERE c.user_id = p_user_id RETURNING c.* INTO v_row;
  END IF;
  revision := v_row.revision;
  tuning := v_row.tuning;
  personality := evergreen.apply_tuning(v_row.analysis_data, v_row.tuning);
  updated_at := v_row.updated_at;
END;
$$;
COMMENT ON FUNCTION evergreen.keep_tuning(text, jsonb, integer, uuid, timestamptz) IS 'Internal: writes adjustments: those given added to those there, or none (NULL).';
