CREATE OR REPLACE FUNCTION evergreen.prune_journey_content(p_batch_size integer, p_cursor text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_table record;
BEGIN
  -- One table a call: the first that still has something to delete.
  FOR v_table IN
    SELECT t.relation, extract(epoch FROM p.retain_for) AS seconds
      FROM (VALUES ('recommendation', 'ai_generated_recommendations'), ('insight', 'ai_generated_insights'), ('health', 'ai_business_health_summaries'))
           AS t (content_type, relation)
      JOIN evergreen.content_policies AS p ON p.content_type = t.content_type
     WHERE p.retain_for IS NOT NULL ORDER BY t.relation
  LOOP
    EXECUTE format(
      'DELETE FROM evergreen.%1$I AS c USING (
         SELECT o.id FROM evergreen.%1$I AS o WHERE o.generated_at < $1 ORDER BY o.generated_at, o.id LIMIT $2 FOR UPDATE SKIP LOCKED) AS old
        WHERE c.id = old.id', v_table.relation)
      USING COALESCE(p_now, clock_timestamp()) - make_interval(secs => v_table.seconds::double precision), p_batch_size;
    GET DIAGNOSTICS done = ROW_COUNT;
    IF done > 0 THEN
      next_cursor := 'more';
      EXIT;
    END IF;
  END LOOP;
  done := COALESCE(done, 0);
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.prune_journey_content(integer, text, timestamptz) IS 'Operator: deletes one batch of recommendations, insights or summaries generated longer ago than their policy''s retain_for. A step of ai_daily_maintenance().';
