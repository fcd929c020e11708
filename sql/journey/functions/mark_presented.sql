CREATE OR REPLACE FUNCTION evergreen.mark_presented(p_ids uuid[], p_content_type text DEFAULT 'recommendation', p_now timestamptz DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Locked in the order of ids, so that batches of several processes never deadlock. What is being deleted is passed over: whoever deletes a
-- company takes its rows in an order of their own.
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_table name := CASE p_content_type WHEN 'recommendation' THEN 'ai_generated_recommendations'
                                      WHEN 'insight' THEN 'ai_generated_insights'
                                      WHEN 'health' THEN 'ai_business_health_summaries' END;
  v_count integer;
BEGIN
  PERFORM evergreen.policy(p_content_type);
  IF v_table IS NULL THEN
    RAISE EXCEPTION 'presentations of % are not counted', p_content_type
      USING ERRCODE = 'VG001', HINT = 'They are of recommendation, insight and health.';
  END IF;
  IF array_ndims(p_ids) > 1 THEN
    RAISE EXCEPTION 'the ids are an array of % dimensions', array_ndims(p_ids) USING ERRCODE = 'VG007', HINT = 'Pass them in one dimension.';
  END IF;
  IF p_ids IS NULL OR array_position(p_ids, NULL) IS NOT NULL THEN
    RAISE EXCEPTION 'the ids have a NULL' USING ERRCODE = 'VG007', HINT = 'Pass the ids of what was shown; an id given twice counts twice.';
  END IF;
  IF cardinality(p_ids) > 10000 THEN
    RAISE EXCEPTION 'a batch of % ids is too large', cardinality(p_ids) USING ERRCODE = 'VG006', HINT = 'At most 10000 a call.';
  END IF;
  EXECUTE format(
    'WITH held AS MATERIALIZED (SELECT c.id FROM evergreen.%1$I AS c WHERE c.id = ANY ($1) FOR KEY SHARE SKIP LOCKED),
          shown AS (SELECT i AS id, count(*)::integer AS times FROM unnest($1) AS i WHERE i IN (SELECT h.id FROM held AS h) GROUP BY i),
          locked AS (SELECT c.id, s.times FROM evergreen.%1$I AS c JOIN shown AS s ON s.id = c.id ORDER BY c.id FOR NO KEY UPDATE OF c)
     UPDATE evergreen.%1$I AS c
        SET times_presented = c.times_presented + l.times, last_presented_at = GREATEST(c.last_presented_at, $2) %2$s
       FROM locked AS l WHERE c.id = l.id',
    v_table, CASE p_content_type WHEN 'recommendation' THEN ', status = CASE c.status WHEN ''fresh'' THEN ''active'' ELSE c.status END' ELSE '' END)
    USING p_ids, v_now;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END;
$$;
COMMENT ON FUNCTION evergreen.mark_presented(uuid[], text, timestamptz) IS 'A person saw these: counts them (an id given twice counts twice), keeps when, and moves fresh recommendations to active. At most 10,000 a call; returns how many rows there were, ids that are gone, or going, are passed over. VG001 for another content type, VG007 for NULL.';
