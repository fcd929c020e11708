CREATE OR REPLACE FUNCTION evergreen.budget_name(p_scope text, p_scope_id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE p_scope WHEN 'overall' THEN 'overall' ELSE p_scope || ' ' || p_scope_id END
$$;
COMMENT ON FUNCTION evergreen.budget_name(text, text) IS 'Internal: how messages call a budget.';
