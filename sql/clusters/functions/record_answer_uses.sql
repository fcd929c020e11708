CREATE OR REPLACE FUNCTION evergreen.record_answer_uses(p_ids uuid[], p_uses integer[] DEFAULT NULL, p_now timestamptz DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
  IF p_uses IS NOT NULL AND (array_ndims(p_uses) > 1 OR cardinality(p_uses) <> cardinality(p_ids) OR NOT COALESCE(1 <= ALL (p_uses), false)) THEN
    RAISE EXCEPTION 'the uses are not as many whole numbers as there are ids: % for %', cardinality(p_uses), cardinality(p_ids)
      USING ERRCODE = 'VG007', HINT = 'Pass how often each was answered, 1 or more, or NULL: once each.';
  END IF;
  PERFORM evergreen.require_time(p_now);
  -- What is being deleted is passed over: whoever deletes an answer goes on to its uses, in an order of its own.
  WITH held AS MATERIALIZED (
    SELECT a.id FROM evergreen.ai_answers AS a WHERE a.id = ANY (p_ids) FOR KEY SHARE SKIP LOCKED
  )
  -- In key order, so that batches never deadlock.
  INSERT INTO evergreen.ai_answer_uses AS s (answer_id, uses, last_used_at)
  SELECT i.id, sum(COALESCE(i.uses, 1)), v_now
    FROM unnest(p_ids, p_uses) AS i (id, uses)
   WHERE i.id IN (SELECT h.id FROM held AS h)
   GROUP BY i.id ORDER BY i.id
  ON CONFLICT (answer_id) DO UPDATE SET uses = s.uses + excluded.uses, last_used_at = GREATEST(s.last_used_at, excluded.last_used_at);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END;
$$;
COMMENT ON FUNCTION evergreen.record_answer_uses(uuid[], integer[], timestamptz) IS 'Counts that these were answered, for warming: each as often as p_uses says in the same place, without it once; an id given twice counts twice. At most 10,000 a call; returns how many answers there were, ids that are gone, or going, are passed over. VG007 for NULL, and for uses that are not as many as ids or below 1, and for a time that require_time() refuses.';
