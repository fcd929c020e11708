CREATE OR REPLACE FUNCTION evergreen.insight_place(p_domain_id uuid, p_step_id uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT COALESCE(p_domain_id::text, '*') || '/' || COALESCE(p_step_id::text, '*')
$$;
COMMENT ON FUNCTION evergreen.insight_place(uuid, uuid) IS 'Internal: name of what insights are asked for: a domain, a step, both, or neither (*/*).';
