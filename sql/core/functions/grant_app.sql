CREATE OR REPLACE FUNCTION evergreen.grant_app(p_role name) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM evergreen.remember_role(p_role, 'app');
  PERFORM evergreen.refresh_grants();
END;
$$;
COMMENT ON FUNCTION evergreen.grant_app(name) IS 'Operator: all that the role of a backend needs: use of the schema and every public function, but no table, no view and nothing that the comments call operator or internal. Later migrations grant it what they add. VG002 for an unknown role.';
