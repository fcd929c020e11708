CREATE OR REPLACE FUNCTION evergreen.record_recommendation_feedback(p_recommendation_id uuid, p_feedback jsonb, p_dismiss boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_recommendation evergreen.ai_generated_recommendations;
  v_feedback jsonb;
BEGIN
  IF p_feedback IS NULL OR jsonb_typeof(p_feedback) <> 'object' OR p_feedback = '{}' THEN
    RAISE EXCEPTION 'feedback must be a JSON object with fields' USING ERRCODE = 'VG007', HINT = 'E.g. {"quality": 4, "relevance": 5, "comment": "..."}.';
  END IF;
  v_recommendation := evergreen.lock_recommendation(p_recommendation_id);
  v_feedback := COALESCE(v_recommendation.user_feedback, '{}') || p_feedback;
  IF octet_length(v_feedback::text) > 16384 THEN
    RAISE EXCEPTION 'feedback has % bytes', octet_length(v_feedback::text) USING ERRCODE = 'VG006', HINT = 'At most 16384.';
  END IF;
  IF p_dismiss AND v_recommendation.status = 'completed' THEN
    PERFORM evergreen.refuse_transition(v_recommendation, 'stale');
  END IF;
  UPDATE evergreen.ai_generated_recommendations AS r
     SET user_feedback = v_feedback, status = CASE WHEN p_dismiss THEN 'stale' ELSE r.status END
   WHERE r.id = p_recommendation_id;
  RETURN v_feedback;
END;
$$;
COMMENT ON FUNCTION evergreen.record_recommendation_feedback(uuid, jsonb, boolean) IS 'What a person says of a recommendation: fields of the object replace those said before; returns all. The next prompt shows it to the model. p_dismiss: it is not wanted any more and becomes stale. VG002 unknown id, VG003 dismissing a completed one, VG006 over 16 kB, VG007 no object.';
