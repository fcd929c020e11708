CREATE OR REPLACE FUNCTION evergreen.require_provider(p_provider text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF octet_length(p_provider) > 200 THEN
    RAISE EXCEPTION 'the name of provider % is too long', quote_literal(left(p_provider, 80))
      USING ERRCODE = 'VG007', HINT = 'At most 200 bytes, e.g. ''openai''.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_provider(text) IS 'Internal: VG007 for a provider''s name of more than 200 bytes, which no index holds; NULL is none.';
