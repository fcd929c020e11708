CREATE OR REPLACE FUNCTION evergreen.grant_analyst(p_role name) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM evergreen.remember_role(p_role, 'analyst');
  PERFORM evergreen.refresh_grants();
END;
$$;
COMMENT ON FUNCTION evergreen.grant_analyst(name) IS 'Operator: reads every view of this schema but those of the host and those that the comments call content, and calls the read-only functions that the comments call report; no table, no content, no write. VG002 for an unknown role.';
