CREATE OR REPLACE FUNCTION evergreen.forget_company(p_company_id uuid) RETURNS TABLE (object text, action text, rows_changed bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_company_id IS NULL THEN
    RAISE EXCEPTION 'the company is NULL' USING ERRCODE = 'VG007', HINT = 'Pass the id of the company to forget.';
  END IF;
  PERFORM evergreen.require_read_committed('nobody can be forgotten');
  -- LOCK: whoever is about to write its hash at hand, or to empty all of them, has done so before the changes since are forgotten too.
  PERFORM pg_advisory_xact_lock(evergreen.context_lock(p_company_id));
  LOCK TABLE evergreen.company_context_hashes IN ROW EXCLUSIVE MODE;
  -- No generation for it begins until this commits. As an invalidation holds them.
  PERFORM pg_advisory_xact_lock_shared(evergreen.invalidation_lock(c.content_type, p_company_id)) FROM evergreen.content_policies AS c ORDER BY c.content_type;
  RETURN QUERY SELECT * FROM evergreen.forget('company', 'company_id', p_company_id::text);
  IF p_company_id = '00000000-0000-0000-0000-000000000000' THEN
    PERFORM evergreen.reset_company_contexts();
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.forget_company(uuid) IS 'Operator: deletes everything generated for a company and its context, and takes its id off what was logged and spent, which stays. Returns what it did, a row a table. Safe to repeat. VG007 outside of READ COMMITTED.';
