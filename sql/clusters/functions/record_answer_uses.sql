CREATE OR REPLACE FUNCTION evergreen.record_answer_uses(p_ids uuid[], p_now timestamptz DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Locked in the order in which saves and invalidations lock, so that they never deadlock.
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_count integer;
BEGIN
  IF array_ndims(p_ids) > 1 THEN
    RAISE EXCEPTION 'the ids are an array of % dimensions', array_ndims(p_ids) USING ERRCODE = 'VG007', HINT = 'Pass them in one dimension.';
  END IF;
  IF p_ids IS NULL OR array_position(p_ids, NULL) IS NOT NULL THEN
    RAISE EXCEPTION 'the ids have a NULL' USING ERRCODE = 'VG007', HINT = 'Pass the ids of what was answered; an id given twice counts twice.';
  END IF;
  IF cardinality(p_ids) > 10000 THEN
    RAISE EXCEPTION 'a batch of % ids is too large', cardinality(p_ids) USING ERRCODE = 'VG006', HINT = 'At most 10000 a call.';
  END IF;
  WITH used AS (
    SELECT i AS id, count(*) AS times FROM unnest(p_ids) AS i GROUP BY i
  ), locked AS (
    SELECT a.id, u.times FROM evergreen.ai_answers AS a JOIN used AS u ON u.id = a.id ORDER BY a.content_type, a.input_hash FOR UPDATE OF a
  )
  UPDATE evergreen.ai_answers AS a SET uses = a.uses + l.times, last_used_at = GREATEST(a.last_used_at, v_now)
    FROM locked AS l WHERE a.id = l.id;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END;
$$;
COMMENT ON FUNCTION evergreen.record_answer_uses(uuid[], timestamptz) IS 'Counts that these were answered (an id given twice counts twice), for warming. At most 10,000 a call; returns how many rows there were, ids that are gone are passed over. VG007 for NULL.';
