CREATE OR REPLACE FUNCTION evergreen.require_context_hash(p_context_hash text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_context_hash IS NULL OR length(p_context_hash) <> 64 OR p_context_hash ~ '[^0-9a-f]' THEN
    RAISE EXCEPTION 'context hash % is not one', COALESCE(quote_literal(left(p_context_hash, 80)), 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Pass the context_hash of the lookup: 64 hex digits.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_context_hash(text) IS 'Internal: VG007 for a context hash that is NULL or malformed.';
