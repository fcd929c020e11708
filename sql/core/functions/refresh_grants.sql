CREATE OR REPLACE FUNCTION evergreen.refresh_grants() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- What a function or a view is for stands at the start of its comment: nothing there makes it public. A role that was dropped is left out.
DECLARE
  v_grant record;
BEGIN
  FOR v_grant IN
    SELECT format('GRANT USAGE ON SCHEMA evergreen TO %I', g.role_name) AS command
      FROM evergreen.granted_roles AS g
      JOIN pg_roles AS r ON r.rolname = g.role_name
    UNION ALL
    SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', p.oid::regprocedure, g.role_name)
      FROM evergreen.granted_roles AS g
      JOIN pg_roles AS r ON r.rolname = g.role_name
      JOIN pg_proc AS p ON p.pronamespace = 'evergreen'::regnamespace AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
     CROSS JOIN LATERAL (SELECT COALESCE(obj_description(p.oid, 'pg_proc'), 'Internal:') AS comment) AS d
     WHERE CASE g.kind WHEN 'app' THEN d.comment !~ '^(Internal|Operator):'
                      ELSE d.comment ~ '^Report:' OR p.proname IN ('freshness', 'seconds_past_fresh', 'is_fresh') END
    UNION ALL
    SELECT format('GRANT SELECT ON evergreen.%I TO %I', c.relname, g.role_name)
      FROM evergreen.granted_roles AS g
      JOIN pg_roles AS r ON r.rolname = g.role_name
      JOIN pg_class AS c ON c.relnamespace = 'evergreen'::regnamespace AND c.relkind = 'v' AND c.relname !~ '^host_'
     WHERE g.kind = 'analyst' AND COALESCE(obj_description(c.oid, 'pg_class'), 'Content:') !~ '^Content:'
  LOOP
    EXECUTE v_grant.command;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.refresh_grants() IS 'Operator: grants to the roles of granted_roles what exists now; run by each migration.';
