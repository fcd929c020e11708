CREATE OR REPLACE FUNCTION evergreen.personality_json(p_row evergreen.personality_cache) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_json jsonb := jsonb_build_object('user_id', p_row.user_id, 'analysis', p_row.analysis_data, 'tuning', p_row.tuning,
                                     'dropped_tuning', p_row.dropped_tuning, 'revision', p_row.revision, 'version', p_row.version);
BEGIN
  IF p_row.tuning = '{}' THEN
    RETURN v_json;
  END IF;
  RETURN v_json || jsonb_build_object('personality', evergreen.apply_tuning(p_row.analysis_data, p_row.tuning));
END;
$$;
COMMENT ON FUNCTION evergreen.personality_json(evergreen.personality_cache) IS 'Internal: a row as clients are given it; without personality, where nothing is adjusted, the analysis is it.';
