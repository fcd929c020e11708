CREATE OR REPLACE FUNCTION evergreen.tracking_refusal(p_host_table text, p_relation regclass) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN evergreen.host_view_is_own(p_host_table) THEN 'the view is your own'
    WHEN p_relation IS NULL THEN NULL
    WHEN c.relkind NOT IN ('r', 'p') THEN 'it is no table'
    WHEN c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhparent = c.oid) THEN 'other tables inherit from it'
    WHEN NOT pg_has_role(c.relowner, 'USAGE') THEN format('%s does not own it', quote_ident(current_user))
    -- What one session may see is another session's hash then.
    WHEN row_security_active(c.oid) THEN format('row security applies to %s', quote_ident(current_user))
  END
    FROM (VALUES (p_relation::oid)) AS r (oid) LEFT JOIN pg_class AS c ON c.oid = r.oid
$$;
COMMENT ON FUNCTION evergreen.tracking_refusal(text, regclass) IS 'Internal: why the changes of one table of the application cannot be tracked; NULL when they can.';
