CREATE OR REPLACE FUNCTION evergreen.fold_company_contexts(p_company_ids uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- A hash may take away exactly the changes that its own snapshot saw. So: lock, and only then, in one statement with one
-- snapshot, compute and take away. In REPEATABLE READ the snapshot is older than the lock: there nothing is done.
DECLARE
  v_nobody CONSTANT uuid := uuid '00000000-0000-0000-0000-000000000000';
  v_company uuid;
  v_count integer;
  v_total integer := 0;
BEGIN
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RETURN 0;
  END IF;
  BEGIN
    LOCK TABLE evergreen.company_context_hashes IN ROW EXCLUSIVE MODE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
  END;
  IF EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = v_nobody) OR NOT evergreen.contexts_are_tracked() THEN
    RETURN 0;
  END IF;

  FOR v_company IN
    SELECT DISTINCT i.id FROM unnest(p_company_ids) AS i (id)
      LEFT JOIN evergreen.company_context_hashes AS h ON h.company_id = i.id
     WHERE i.id <> v_nobody AND (h.company_id IS NULL OR EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = i.id))
  LOOP
    CONTINUE WHEN NOT pg_try_advisory_xact_lock(evergreen.context_lock(v_company));
    WITH state AS MATERIALIZED (
      SELECT CASE WHEN evergreen.company_exists(v_company)
                  THEN evergreen.content_hash(to_jsonb((evergreen.company_context(v_company) - 'last_activity')::text)) END AS context_hash
       WHERE NOT EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = v_nobody)
    ), folded AS (
      DELETE FROM evergreen.company_changes AS c USING state WHERE c.company_id = v_company
    ), gone AS (
      DELETE FROM evergreen.company_context_hashes AS h USING state AS s WHERE h.company_id = v_company AND s.context_hash IS NULL
    )
    INSERT INTO evergreen.company_context_hashes AS h (company_id, context_hash)
    SELECT v_company, s.context_hash FROM state AS s WHERE s.context_hash IS NOT NULL
    ON CONFLICT (company_id) DO UPDATE SET context_hash = excluded.context_hash, computed_at = excluded.computed_at;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_total := v_total + v_count;
  END LOOP;
  RETURN v_total;
END;
$$;
COMMENT ON FUNCTION evergreen.fold_company_contexts(uuid[]) IS 'Internal: puts the hashes of these companies at hand where they are not, and takes away the changes they contain; passes over what others are about. Returns how many it computed; 0 where changes are not tracked and in REPEATABLE READ.';
