CREATE OR REPLACE FUNCTION evergreen.insight_key(p_company_id uuid, p_context_hash text, p_domain_id uuid, p_step_id uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT p_company_id || ':' || p_context_hash || ':' || evergreen.insight_place(p_domain_id, p_step_id)
$$;
COMMENT ON FUNCTION evergreen.insight_key(uuid, text, uuid, uuid) IS 'Internal: cache key of the insights of a company in a state, for a place.';
