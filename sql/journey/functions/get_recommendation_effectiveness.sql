CREATE OR REPLACE FUNCTION evergreen.get_recommendation_effectiveness(p_start timestamptz DEFAULT NULL, p_end timestamptz DEFAULT NULL)
RETURNS TABLE (
  prompt_id text, model text, generated bigint, presented bigint, started bigint, completed bigint, dismissed bigint, start_rate numeric, completion_rate numeric,
  median_time_to_start interval, median_time_to_complete interval, with_feedback bigint, average_quality numeric, average_relevance numeric
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_end < p_start THEN
    RAISE EXCEPTION 'the range from % to % is none', p_start, p_end
      USING ERRCODE = 'VG007', HINT = 'Give a start and a later end, or NULL for no bound: the start counts, the end does not.';
  END IF;
  RETURN QUERY
  SELECT r.generation_prompt_id, r.generation_model, count(*),
         count(*) FILTER (WHERE r.times_presented > 0),
         count(*) FILTER (WHERE e.was_started),
         count(*) FILTER (WHERE e.was_completed),
         count(*) FILTER (WHERE r.status = 'stale' AND r.user_feedback IS NOT NULL),
         round(100.0 * count(*) FILTER (WHERE e.was_started) / NULLIF(count(*) FILTER (WHERE r.times_presented > 0 OR e.was_started), 0), 2),
         round(100.0 * count(*) FILTER (WHERE e.was_completed) / NULLIF(count(*) FILTER (WHERE e.was_started), 0), 2),
         percentile_cont(0.5) WITHIN GROUP (ORDER BY e.time_to_start),
         percentile_cont(0.5) WITHIN GROUP (ORDER BY e.time_to_complete),
         count(r.user_feedback),
         round(avg(CASE WHEN jsonb_typeof(r.user_feedback -> 'quality') = 'number' THEN (r.user_feedback ->> 'quality')::numeric END), 2),
         round(avg(CASE WHEN jsonb_typeof(r.user_feedback -> 'relevance') = 'number' THEN (r.user_feedback ->> 'relevance')::numeric END), 2)
    FROM evergreen.ai_generated_recommendations AS r
    LEFT JOIN evergreen.ai_recommendation_effectiveness AS e ON e.company_id = r.company_id AND e.recommendation_id = r.id
   WHERE (p_start IS NULL OR r.generated_at >= p_start) AND (p_end IS NULL OR r.generated_at < p_end)
   GROUP BY r.generation_prompt_id, r.generation_model
   ORDER BY r.generation_prompt_id, r.generation_model;
END;
$$;
COMMENT ON FUNCTION evergreen.get_recommendation_effectiveness(timestamptz, timestamptz) IS 'Report: what became of the recommendations generated in [start, end) (NULL: without bound), by prompt version and model: how many were generated, presented, started, completed, dismissed; percent started of those seen and completed of those started; median times; feedback and the averages of its fields quality and relevance. VG007 for an end before the start.';
