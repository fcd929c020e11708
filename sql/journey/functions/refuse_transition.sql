CREATE OR REPLACE FUNCTION evergreen.refuse_transition(p_recommendation evergreen.ai_generated_recommendations, p_new_status text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'recommendation % is %, it cannot become %', p_recommendation.id, p_recommendation.status, p_new_status
    USING ERRCODE = 'VG003',
          HINT = CASE p_recommendation.status
                   WHEN 'fresh' THEN 'From fresh it becomes active, completed or stale.'
                   WHEN 'active' THEN 'From active it becomes completed or stale.'
                   WHEN 'completed' THEN 'Completed is final.'
                   ELSE 'Stale is final; generating it again makes it fresh.' END;
END;
$$;
COMMENT ON FUNCTION evergreen.refuse_transition(evergreen.ai_generated_recommendations, text) IS 'Internal: raises VG003 and says where the recommendation can go.';
