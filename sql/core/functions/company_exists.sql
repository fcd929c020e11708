CREATE OR REPLACE FUNCTION evergreen.company_exists(p_company_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM evergreen.host_companies AS c WHERE c.id = p_company_id) THEN
    RETURN true;
  END IF;
  -- Without a host, or with one that has no companies table, ids are taken as they come.
  RETURN NOT (EXISTS (SELECT FROM evergreen.host_attachments AS a WHERE a.host_table = 'companies')
              OR EXISTS (SELECT FROM evergreen.host_companies));
END;
$$;
COMMENT ON FUNCTION evergreen.company_exists(uuid) IS 'Internal: whether the attached application has this company; true for any id when it has no table of them.';
