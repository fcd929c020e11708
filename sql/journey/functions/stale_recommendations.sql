CREATE OR REPLACE FUNCTION evergreen.stale_recommendations(p_batch_size integer, p_cursor text DEFAULT NULL)
RETURNS TABLE (done integer, next_cursor text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
-- From one company to the next along the index, then row by row, whatever the statistics say.
-- One locking statement for all of a batch, oldest first among them; where tables are distributed by company it would take one a company.
DECLARE
  -- Looked at together: a backlog of years is not sorted anew for each batch.
  v_most integer := GREATEST(10 * p_batch_size, 1000);
  v_companies uuid[];
  v_found integer;
BEGIN
  WITH RECURSIVE next (company_id, n) AS (
    SELECT (SELECT r.company_id FROM evergreen.ai_generated_recommendations AS r
             WHERE r.company_id >= COALESCE(p_cursor::uuid, '00000000-0000-0000-0000-000000000000') AND r.company_id IS DISTINCT FROM p_cursor::uuid
               AND r.status IN ('fresh', 'active') ORDER BY r.company_id LIMIT 1), 1
    UNION ALL
    SELECT (SELECT r.company_id FROM evergreen.ai_generated_recommendations AS r
             WHERE r.company_id > n.company_id AND r.status IN ('fresh', 'active') ORDER BY r.company_id LIMIT 1), n.n + 1
      FROM next AS n WHERE n.company_id IS NOT NULL AND n.n < 100
  )
  SELECT array_agg(n.company_id ORDER BY n.n) INTO v_companies FROM next AS n WHERE n.company_id IS NOT NULL;
  IF v_companies IS NULL THEN
    done := 0;
    RETURN NEXT;
    RETURN;
  END IF;
  PERFORM evergreen.fold_company_contexts(v_companies);
  LOOP
    -- What was made for another state stands in the index on both sides of what was made for this one.
    WITH present AS MATERIALIZED (
      SELECT p.company_id, p.context_hash FROM evergreen.present_contexts(v_companies) AS p
    ), candidates AS MATERIALIZED (
      SELECT r.ctid AS place, r.generated_at, r.id, p.context_hash
        FROM present AS p
        JOIN evergreen.ai_generated_recommendations AS r ON r.company_id = p.company_id AND r.context_hash < p.context_hash
       WHERE r.status IN ('fresh', 'active')
      UNION ALL
      SELECT r.ctid, r.generated_at, r.id, p.context_hash
        FROM present AS p
        JOIN evergreen.ai_generated_recommendations AS r ON r.company_id = p.company_id AND r.context_hash > p.context_hash
       WHERE r.status IN ('fresh', 'active')
       LIMIT v_most
    ), outdated AS MATERIALIZED (
      -- Locked rows are passed over: staling never waits for a save, so the two cannot deadlock. What was completed
      -- meanwhile no longer fits the condition once its row is locked.
      SELECT r.ctid AS place
        FROM (SELECT c.* FROM candidates AS c ORDER BY c.generated_at, c.id) AS c
        JOIN evergreen.ai_generated_recommendations AS r ON r.ctid = c.place
       WHERE r.status IN ('fresh', 'active') AND r.context_hash <> c.context_hash
       ORDER BY c.generated_at, c.id
       LIMIT p_batch_size
         FOR NO KEY UPDATE OF r SKIP LOCKED
    ), marked AS (
      UPDATE evergreen.ai_generated_recommendations AS r SET status = 'stale'
       WHERE r.ctid = ANY (ARRAY(SELECT o.place FROM outdated AS o))
      RETURNING true
    )
    SELECT (SELECT count(*) FROM marked), (SELECT count(*) FROM candidates) INTO done, v_found;
    -- Others hold all that was looked at: then all there are.
    EXIT WHEN done > 0 OR v_most IS NULL OR v_found < v_most;
    v_most := NULL;
  END LOOP;
  -- Some of these companies' rows are left, though others may hold them: the same companies again.
  next_cursor := CASE WHEN done > 0 AND v_found > done THEN COALESCE(p_cursor, '00000000-0000-0000-0000-000000000000')
                      ELSE v_companies[cardinality(v_companies)]::text END;
  RETURN NEXT;
END;
$$;
COMMENT ON FUNCTION evergreen.stale_recommendations(integer, text) IS 'Operator: marks stale what is outdated of the next 100 companies, at most p_batch_size rows; of those that are looked at together, the oldest first. A step of ai_daily_maintenance().';
