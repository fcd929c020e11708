CREATE OR REPLACE FUNCTION evergreen.require_read_committed(p_what text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RAISE EXCEPTION '% in a % transaction', p_what, current_setting('transaction_isolation')
      USING ERRCODE = 'VG007', HINT = 'Do it in a READ COMMITTED transaction: an older snapshot does not see what others have done meanwhile.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_read_committed(text) IS 'Internal: VG007 in a transaction whose snapshot is older than the locks it takes; p_what says what is refused.';
