CREATE OR REPLACE FUNCTION evergreen.require_company(p_company_id uuid) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_company_id IS NULL THEN
    RAISE EXCEPTION 'the company is NULL' USING ERRCODE = 'VG007', HINT = 'Pass the id of a company.';
  END IF;
  IF NOT evergreen.company_exists(p_company_id) THEN
    RAISE EXCEPTION 'there is no company %', p_company_id
      USING ERRCODE = 'VG002', HINT = 'It is not in evergreen.host_companies, the application''s companies.';
  END IF;
END;
$$;
COMMENT ON FUNCTION evergreen.require_company(uuid) IS 'Internal: VG007 for NULL, VG002 for a company that the attached application does not have.';
