CREATE OR REPLACE FUNCTION evergreen.host_columns()
RETURNS TABLE (host_table text, ordinal integer, column_name text, kind text, required boolean, sources text[])
LANGUAGE sql IMMUTABLE ROWS 20 AS $$
  VALUES
    ('companies', 1, 'id', 'uuid', true, ARRAY['id']),
    ('companies', 2, 'name', 'text', false, ARRAY['name', 'title']),
    ('journey_domains', 1, 'id', 'uuid', true, ARRAY['id']),
    ('journey_domains', 2, 'name', 'text', false, ARRAY['name', 'title']),
    ('journey_steps', 1, 'id', 'uuid', true, ARRAY['id']),
    ('journey_steps', 2, 'domain_id', 'uuid', false, ARRAY['domain_id']),
    ('journey_steps', 3, 'name', 'text', false, ARRAY['name', 'title']),
    ('company_journey_steps', 1, 'company_id', 'uuid', true, ARRAY['company_id']),
    ('company_journey_steps', 2, 'step_id', 'uuid', true, ARRAY['step_id']),
    ('company_journey_steps', 3, 'status', 'text', true, ARRAY['status']),
    ('company_domain_progress', 1, 'company_id', 'uuid', true, ARRAY['company_id']),
    ('company_domain_progress', 2, 'domain_id', 'uuid', true, ARRAY['domain_id']),
    ('company_domain_progress', 3, 'maturity_level', 'text', true, ARRAY['maturity_level']),
    ('step_activity', 1, 'company_id', 'uuid', true, ARRAY['company_id']),
    ('step_activity', 2, 'last_activity_timestamp', 'timestamptz', true, ARRAY['last_activity_timestamp']),
    ('users', 1, 'id', 'text', true, ARRAY['id']),
    ('users', 2, 'username', 'text', false, ARRAY['username', 'name', 'email', 'id']),
    ('users', 3, 'email', 'text', false, ARRAY['email']),
    ('users', 4, 'name', 'text', false, ARRAY['name'])
$$;
COMMENT ON FUNCTION evergreen.host_columns() IS 'Internal: the columns of each host_* view: type, whether the application must have it, and the columns of the application it may come from, first choice first. Inlined by the planner.';
