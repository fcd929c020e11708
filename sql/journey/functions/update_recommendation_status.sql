CREATE OR REPLACE FUNCTION evergreen.update_recommendation_status(p_recommendation_id uuid, p_new_status text, p_now timestamptz DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_recommendation evergreen.ai_generated_recommendations;
BEGIN
  IF p_new_status IS NULL OR p_new_status NOT IN ('fresh', 'active', 'completed', 'stale') THEN
    RAISE EXCEPTION 'status % is not known', COALESCE(quote_literal(p_new_status), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Use fresh, active, completed or stale.';
  END IF;
  v_recommendation := evergreen.lock_recommendation(p_recommendation_id);
  CASE
    WHEN v_recommendation.status = p_new_status THEN
      NULL;
    WHEN p_new_status = 'active' AND v_recommendation.status = 'fresh' THEN
      PERFORM evergreen.mark_presented(ARRAY[p_recommendation_id], 'recommendation', p_now);
    WHEN p_new_status = 'completed' AND v_recommendation.status IN ('fresh', 'active') THEN
      PERFORM evergreen.track_recommendation_completion(p_recommendation_id, p_now);
    WHEN p_new_status = 'stale' AND v_recommendation.status IN ('fresh', 'active') THEN
      UPDATE evergreen.ai_generated_recommendations AS r SET status = 'stale' WHERE r.id = p_recommendation_id;
    ELSE
      PERFORM evergreen.refuse_transition(v_recommendation, p_new_status);
  END CASE;
END;
$$;
COMMENT ON FUNCTION evergreen.update_recommendation_status(uuid, text, timestamptz) IS 'Moves a recommendation from fresh to active (counted as presented) to completed (recorded in effectiveness), or from fresh or active to stale. The same state again is a no-op. VG002 unknown id, VG003 any other move, VG007 an unknown status. Source: seed 004_cba5aaa9e1a5292b.txt.';
