CREATE OR REPLACE FUNCTION evergreen.revoke_grants(p_role name) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM evergreen.granted_roles AS g WHERE g.role_name = p_role;
  IF p_role IS NULL OR NOT FOUND THEN
    RAISE EXCEPTION 'nothing was granted to %', COALESCE(quote_literal(p_role), 'NULL')
      USING ERRCODE = 'VG002',
            HINT = COALESCE('Granted to are ' || (SELECT string_agg(DISTINCT g.role_name::text, ', ' ORDER BY g.role_name::text) FROM evergreen.granted_roles AS g) || '.',
                            'No role was granted anything.');
  END IF;
  -- What was granted to a role that is gone went with it.
  IF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = p_role) THEN
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA evergreen FROM %I', p_role);
    EXECUTE format('REVOKE ALL ON ALL ROUTINES IN SCHEMA evergreen FROM %I', p_role);
    EXECUTE format('REVOKE ALL ON SCHEMA evergreen FROM %I', p_role);
  END IF;
  PERFORM evergreen.audit('revoke_grants', p_role::text, NULL, NULL);
END;
$$;
COMMENT ON FUNCTION evergreen.revoke_grants(name) IS 'Operator: undoes grant_app() and grant_analyst(): takes from a role every right on this schema and what is in it, and later migrations grant it nothing. What it has through other roles stays. VG002 for a role that was granted nothing.';
