CREATE OR REPLACE FUNCTION evergreen.track_recommendation_start(p_recommendation_id uuid, p_now timestamptz DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_recommendation evergreen.ai_generated_recommendations := evergreen.lock_recommendation(p_recommendation_id);
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
BEGIN
  IF v_recommendation.status NOT IN ('fresh', 'active') THEN
    PERFORM evergreen.refuse_transition(v_recommendation, 'active');
  END IF;
  INSERT INTO evergreen.ai_recommendation_effectiveness AS e (recommendation_id, company_id, was_started, time_to_start, created_at)
  VALUES (p_recommendation_id, v_recommendation.company_id, true, v_now - v_recommendation.generated_at, v_now)
  ON CONFLICT (recommendation_id) DO NOTHING;
  UPDATE evergreen.ai_generated_recommendations AS r SET status = 'active' WHERE r.id = p_recommendation_id AND r.status = 'fresh';
END;
$$;
COMMENT ON FUNCTION evergreen.track_recommendation_start(uuid, timestamptz) IS 'A person starts working on a recommendation: it becomes active and the time since its generation is kept, the first time only. VG002 unknown id, VG003 for one that is completed or stale. Source: seed 004_cba5aaa9e1a5292b.txt.';
