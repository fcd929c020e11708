CREATE OR REPLACE FUNCTION evergreen.prune_personalities(p_batch_size integer, p_cursor text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- In the order of users: an index by age would make every save dearer.
DECLARE
  v_cutoff timestamptz := COALESCE(p_now, clock_timestamp()) - extract(epoch FROM (evergreen.policy('personality')).retain_for) * interval '1 second';
BEGIN
  done := 0;
  IF v_cutoff IS NOT NULL THEN
    SELECT max(b.user_id) INTO next_cursor
      FROM (SELECT c.user_id FROM evergreen.personality_cache AS c WHERE c.user_id > COALESCE(p_cursor, '') ORDER BY c.user_id LIMIT p_batch_size) AS b;
    WITH old AS (
      SELECT c.user_id FROM evergreen.personality_cache AS c
       WHERE c.user_id > COALESCE(p_cursor, '') AND c.user_id <= next_cursor AND GREATEST(c.generated_at, c.tuned_at) < v_cutoff
       ORDER BY c.user_id FOR UPDATE SKIP LOCKED
    )
    DELETE FROM evergreen.personality_cache AS c USING old WHERE c.user_id = old.user_id;
    GET DIAGNOSTICS done = ROW_COUNT;
  END IF;
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.prune_personalities(integer, text, timestamptz) IS 'Operator: of the next p_batch_size users after p_cursor, deletes the personalities that were neither analysed nor adjusted within their policy''s retain_for. A step of ai_daily_maintenance().';
