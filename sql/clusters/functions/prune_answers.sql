CREATE OR REPLACE FUNCTION evergreen.prune_answers(p_batch_size integer, p_cursor text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- One content type a call, p_cursor: the first that still has something to delete.
DECLARE
  v_policy record;
BEGIN
  done := 0;
  FOR v_policy IN
    SELECT p.content_type, COALESCE(p_now, clock_timestamp()) - make_interval(secs => extract(epoch FROM p.retain_for)::double precision) AS cutoff
      FROM evergreen.content_policies AS p
     WHERE p.retain_for IS NOT NULL AND (p_cursor IS NULL OR p.content_type >= p_cursor)
     ORDER BY p.content_type
  LOOP
    -- An answer that others follow stays as long as they do. They go with it: so it stays, too, while somebody else holds one of them,
    -- who may be about to wait for another.
    WITH RECURSIVE old AS (
      SELECT a.id FROM evergreen.ai_answers AS a
       WHERE a.content_type = v_policy.content_type AND a.generated_at < v_policy.cutoff
         AND NOT EXISTS (SELECT FROM evergreen.ai_answers AS c WHERE c.parent_id = a.id AND c.generated_at >= v_policy.cutoff)
       ORDER BY a.input_hash LIMIT p_batch_size FOR UPDATE SKIP LOCKED
    ), family (id, root) AS (
      SELECT o.id, o.id FROM old AS o
      UNION ALL
      SELECT c.id, f.root FROM family AS f JOIN evergreen.ai_answers AS c ON c.parent_id = f.id
    ), held AS (
      SELECT a.id FROM evergreen.ai_answers AS a WHERE a.id IN (SELECT f.id FROM family AS f) FOR UPDATE SKIP LOCKED
    )
    DELETE FROM evergreen.ai_answers AS a USING old
     WHERE a.id = old.id AND NOT EXISTS (SELECT FROM family AS f WHERE f.root = old.id AND f.id NOT IN (SELECT h.id FROM held AS h));
    GET DIAGNOSTICS done = ROW_COUNT;
    IF done > 0 THEN
      next_cursor := v_policy.content_type;
      EXIT;
    END IF;
  END LOOP;
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.prune_answers(integer, text, timestamptz) IS 'Operator: deletes one batch of answers generated longer ago than their policy''s retain_for, unless a younger answer follows them. A step of ai_daily_maintenance().';
