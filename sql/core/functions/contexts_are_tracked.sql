CREATE OR REPLACE FUNCTION evergreen.contexts_are_tracked() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  -- All that a context is read from must be tracked; a table that the application does not have never changes.
  SELECT COALESCE(bool_and(NOT evergreen.host_view_is_own(h.host_table) AND (a.attached_to IS NULL OR a.tracked AND evergreen.host_view_is_current(h.host_table, a.attached_to) AND NOT EXISTS (
             SELECT t.relation, t.trigger_name, t.firing FROM evergreen.tracking_triggers(h.host_table, a.attached_to) AS t WHERE t.relation = a.attached_to
             EXCEPT SELECT * FROM evergreen.present_triggers(h.host_table))))
           AND bool_or(a.tracked), false)
    FROM evergreen.context_tables() AS h (host_table)
    LEFT JOIN evergreen.host_attachments AS a ON a.host_table = h.host_table
$$;
COMMENT ON FUNCTION evergreen.contexts_are_tracked() IS 'Internal: whether every change of a company''s context is noted in company_changes: the views read attached tables by the names of their columns, and our triggers on them are there and enabled.';
