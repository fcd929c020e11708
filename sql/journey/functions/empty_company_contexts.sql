CREATE OR REPLACE FUNCTION evergreen.empty_company_contexts() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- What says that no hash holds may go only after the last hash, and with nobody about to write one by an older snapshot.
DECLARE
  v_most CONSTANT integer := 10000;
  v_count integer;
BEGIN
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RETURN 0;
  END IF;
  BEGIN
    LOCK TABLE evergreen.company_context_hashes IN SHARE ROW EXCLUSIVE MODE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
  END;
  DELETE FROM evergreen.company_context_hashes AS h
   WHERE h.company_id IN (SELECT o.company_id FROM evergreen.company_context_hashes AS o LIMIT v_most);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count < v_most THEN
    DELETE FROM evergreen.company_changes AS c WHERE c.company_id = '00000000-0000-0000-0000-000000000000';
    -- Nor does any other change matter before the next hash is computed.
    DELETE FROM evergreen.company_changes AS c WHERE c.id IN (SELECT o.id FROM evergreen.company_changes AS o ORDER BY o.id LIMIT v_most);
    GET DIAGNOSTICS v_count = ROW_COUNT;
  END IF;
  RETURN v_count;
END;
$$;
COMMENT ON FUNCTION evergreen.empty_company_contexts() IS 'Internal: forgets the hashes at hand, at most 10,000, and after the last of them the rows of company_changes, first those that say that none holds. Does nothing while others are about to write one. Returns how many rows it deleted last; 10000: there may be more.';
