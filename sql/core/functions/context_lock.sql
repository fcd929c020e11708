CREATE OR REPLACE FUNCTION evergreen.context_lock(p_company_id uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Few keys for all companies: however many one transaction takes, the server's table of locks has room for the others.
  SELECT hashtextextended('evergreen.company_context:' || (uuid_hash(p_company_id) & 1023), 0)
$$;
COMMENT ON FUNCTION evergreen.context_lock(uuid) IS 'Internal: key of the transaction lock of whoever writes a company''s hash at hand or takes away its rows of company_changes.';
