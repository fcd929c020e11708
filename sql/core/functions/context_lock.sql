CREATE OR REPLACE FUNCTION evergreen.context_lock(p_company_id uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT hashtextextended('evergreen.company_context:' || p_company_id::text, 0)
$$;
COMMENT ON FUNCTION evergreen.context_lock(uuid) IS 'Internal: key of the transaction lock of whoever writes a company''s hash at hand or takes away its rows of company_changes.';
