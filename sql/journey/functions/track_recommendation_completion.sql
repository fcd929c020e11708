CREATE OR REPLACE FUNCTION evergreen.track_recommendation_completion(p_recommendation_id uuid, p_now timestamptz DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_recommendation evergreen.ai_generated_recommendations := evergreen.lock_recommendation(p_recommendation_id);
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  IF v_recommendation.status = 'completed' THEN
    RETURN;
  END IF;
  PERFORM evergreen.track_recommendation_start(p_recommendation_id, v_now);
  -- From the generation that was started: it may have been generated again since.
  UPDATE evergreen.ai_recommendation_effectiveness AS e
     SET was_completed = true,
         time_to_complete = COALESCE(e.time_to_complete, e.time_to_start + (v_now - e.created_at))
   WHERE e.recommendation_id = p_recommendation_id;
  UPDATE evergreen.ai_generated_recommendations AS r SET status = 'completed' WHERE r.id = p_recommendation_id;
END;
$$;
COMMENT ON FUNCTION evergreen.track_recommendation_completion(uuid, timestamptz) IS 'A person completes a recommendation (which starts it too): it becomes completed and the time since its generation is kept, the first time only. Again it is a no-op. VG002 unknown id, VG003 for one that is stale. Source: seed 004_cba5aaa9e1a5292b.txt, which ends before it.';
