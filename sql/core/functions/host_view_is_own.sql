CREATE OR REPLACE FUNCTION evergreen.host_view_is_own(p_host_table text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM pg_rewrite AS w
      JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
      LEFT JOIN evergreen.host_attachments AS a ON a.host_table = p_host_table
     WHERE w.ev_class = to_regclass(format('evergreen.%I', 'host_' || p_host_table))
       AND CASE d.refclassid WHEN 'pg_class'::regclass THEN d.refobjid NOT IN (w.ev_class, COALESCE(a.attached_to::oid, 0))
                             WHEN 'pg_proc'::regclass THEN a.attached_to IS NULL
                             ELSE false END)
$$;
COMMENT ON FUNCTION evergreen.host_view_is_own(text) IS 'Internal: whether a host_* view was defined by somebody else than attach_host(): it reads something else than what was attached.';
