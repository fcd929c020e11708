CREATE OR REPLACE FUNCTION evergreen.lock_recommendation(p_recommendation_id uuid) RETURNS evergreen.ai_generated_recommendations
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_recommendation evergreen.ai_generated_recommendations;
BEGIN
  SELECT * INTO v_recommendation FROM evergreen.ai_generated_recommendations AS r WHERE r.id = p_recommendation_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no recommendation %', COALESCE(p_recommendation_id::text, 'NULL')
      USING ERRCODE = CASE WHEN p_recommendation_id IS NULL THEN 'VG007' ELSE 'VG002' END, HINT = 'Pass the id of a row of ai_generated_recommendations.';
  END IF;
  RETURN v_recommendation;
END;
$$;
COMMENT ON FUNCTION evergreen.lock_recommendation(uuid) IS 'Internal: a recommendation, its row locked; VG002 when there is none, VG007 for NULL.';
