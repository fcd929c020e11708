CREATE OR REPLACE FUNCTION evergreen.session_companies(p_company_ids uuid[]) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_company_ids uuid[] := ARRAY(SELECT DISTINCT c.id FROM unnest(p_company_ids) AS c (id) ORDER BY c.id);
BEGIN
  IF p_company_ids IS NULL THEN
    RAISE EXCEPTION 'the companies are NULL' USING ERRCODE = 'VG007', HINT = 'Pass an array of company ids; an empty one for none.';
  END IF;
  IF cardinality(p_company_ids) > 1000 THEN
    RAISE EXCEPTION 'a session cannot have % companies', cardinality(p_company_ids)
      USING ERRCODE = 'VG006', HINT = 'At most 1000. An operator''s session sees all of them.';
  END IF;
  PERFORM evergreen.require_company(c.id) FROM unnest(v_company_ids) AS c (id);
  RETURN v_company_ids;
END;
$$;
COMMENT ON FUNCTION evergreen.session_companies(uuid[]) IS 'Internal: the companies of a session, each once. VG007 for NULL, VG006 for more than 1000, VG002 for one that the attached application does not have.';
