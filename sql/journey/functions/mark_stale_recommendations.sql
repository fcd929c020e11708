CREATE OR REPLACE FUNCTION evergreen.mark_stale_recommendations(p_company_ids uuid[], p_batch_size integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
-- Company by company along the index and row by row to its place: no plan that reads the whole table, however many companies are asked for.
DECLARE
  v_count integer;
BEGIN
  -- Rows that are locked are passed over: staling never waits for a save, so the two cannot deadlock. What was
  -- completed meanwhile no longer fits the condition once its row is locked. Hashes at hand are joined, others computed.
  WITH present AS MATERIALIZED (
    SELECT c.company_id, COALESCE(h.context_hash, evergreen.company_context_hash(c.company_id, 'recommendation')) AS context_hash
      FROM unnest(p_company_ids) AS c (company_id)
      LEFT JOIN evergreen.company_context_hashes AS h
        ON h.company_id = c.company_id
       AND NOT EXISTS (SELECT FROM evergreen.company_changes AS g WHERE g.company_id = c.company_id)
       AND NOT EXISTS (SELECT FROM evergreen.company_changes AS g WHERE g.company_id = '00000000-0000-0000-0000-000000000000')
       AND EXISTS (SELECT FROM evergreen.content_policies AS p WHERE p.content_type = 'recommendation' AND p.activity_granularity IS NULL)
  ), outdated AS (
    SELECT r.company_id, r.ctid AS place
      FROM present AS p
      JOIN evergreen.ai_generated_recommendations AS r ON r.company_id = p.company_id AND r.context_hash <> p.context_hash
     WHERE r.status IN ('fresh', 'active')
     ORDER BY r.generated_at, r.id
     LIMIT p_batch_size
       FOR UPDATE OF r SKIP LOCKED
  )
  UPDATE evergreen.ai_generated_recommendations AS r SET status = 'stale'
    -- In the order in which they lie: the oldest of many companies are strewn over the whole table.
    FROM (SELECT u.company_id, u.place FROM outdated AS u ORDER BY u.place) AS o
   WHERE r.company_id = o.company_id AND r.ctid = o.place;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END;
$$;
COMMENT ON FUNCTION evergreen.mark_stale_recommendations(uuid[], integer) IS 'Internal: of these companies, marks stale what was made for another context than theirs now, oldest first, at most p_batch_size, passing over locked rows; returns how many.';
