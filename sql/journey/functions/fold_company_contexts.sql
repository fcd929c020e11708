CREATE OR REPLACE FUNCTION evergreen.fold_company_contexts(p_company_ids uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
-- A hash may take away exactly the changes that its own snapshot saw. So: lock, and only then, in one statement with one
-- snapshot, compute and take away. In REPEATABLE READ the snapshot is older than the lock: there nothing is done.
DECLARE
  v_everybody CONSTANT uuid := uuid '00000000-0000-0000-0000-000000000000';
  v_companies uuid[] := ARRAY(
    SELECT DISTINCT i.id FROM unnest(p_company_ids) AS i (id)
     WHERE i.id <> v_everybody
       AND (NOT EXISTS (SELECT FROM evergreen.company_context_hashes AS h WHERE h.company_id = i.id)
            OR EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = i.id))
     ORDER BY i.id);
  v_count integer;
BEGIN
  IF cardinality(v_companies) = 0 OR current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted')
     OR NOT EXISTS (SELECT FROM evergreen.host_attachments AS a WHERE a.tracked) THEN
    RETURN 0;
  END IF;
  BEGIN
    LOCK TABLE evergreen.company_context_hashes IN ROW EXCLUSIVE MODE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
  END;
  IF EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = v_everybody) OR NOT evergreen.contexts_are_tracked() THEN
    RETURN 0;
  END IF;

  v_companies := ARRAY(SELECT i.id FROM unnest(v_companies) AS i (id) WHERE pg_try_advisory_xact_lock(evergreen.context_lock(i.id)));
  WITH looked AS MATERIALIZED (
    SELECT i.id, f.context_hash
      FROM unnest(v_companies) AS i (id)
      LEFT JOIN evergreen.context_hashes(v_companies) AS f ON f.company_id = i.id
     WHERE NOT EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = v_everybody)
  ), folded AS (
    DELETE FROM evergreen.company_changes AS c USING looked AS l WHERE c.company_id = l.id
  ), gone AS (
    DELETE FROM evergreen.company_context_hashes AS h USING looked AS l WHERE h.company_id = l.id AND l.context_hash IS NULL
  )
  INSERT INTO evergreen.company_context_hashes AS h (company_id, context_hash)
  SELECT l.id, l.context_hash FROM looked AS l WHERE l.context_hash IS NOT NULL
  ON CONFLICT (company_id) DO UPDATE SET context_hash = excluded.context_hash, computed_at = excluded.computed_at;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END;
$$;
COMMENT ON FUNCTION evergreen.fold_company_contexts(uuid[]) IS 'Internal: puts the hashes of these companies at hand where they are not, and takes away the changes they contain; passes over what others are about. Returns how many it computed; 0 where changes are not tracked and in REPEATABLE READ.';
