CREATE OR REPLACE FUNCTION evergreen.context_at_hand(p_company_id uuid) RETURNS TABLE (context_hash text)
LANGUAGE sql STABLE ROWS 1 AS $$
  -- What the caller's snapshot sees of company_changes decides.
  SELECT h.context_hash
    FROM evergreen.company_context_hashes AS h
   WHERE h.company_id = p_company_id
     AND NOT EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id IN (p_company_id, '00000000-0000-0000-0000-000000000000'))
$$;
COMMENT ON FUNCTION evergreen.context_at_hand(uuid) IS 'Internal: the hash of a company''s state without its last activity, when it is at hand and nothing has changed since. Inlined by the planner.';
