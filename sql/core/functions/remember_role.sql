CREATE OR REPLACE FUNCTION evergreen.remember_role(p_role name, p_kind text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = p_role) THEN
    RAISE EXCEPTION 'there is no role %', COALESCE(quote_literal(p_role), 'NULL')
      USING ERRCODE = 'VG002', HINT = 'Make it with CREATE ROLE first.';
  END IF;
  INSERT INTO evergreen.granted_roles (role_name, kind) VALUES (p_role, p_kind) ON CONFLICT (role_name, kind) DO NOTHING;
  PERFORM evergreen.audit('grant_' || p_kind, p_role::text, NULL, NULL);
END;
$$;
COMMENT ON FUNCTION evergreen.remember_role(name, text) IS 'Internal: keeps which role was granted what. VG002 for an unknown role.';
