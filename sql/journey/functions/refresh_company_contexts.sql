CREATE OR REPLACE FUNCTION evergreen.refresh_company_contexts(p_company_ids uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_company_ids IS NULL OR array_position(p_company_ids, NULL) IS NOT NULL THEN
    RAISE EXCEPTION 'the companies have a NULL' USING ERRCODE = 'VG007', HINT = 'Pass the ids of companies.';
  END IF;
  IF cardinality(p_company_ids) > 1000 THEN
    RAISE EXCEPTION 'a batch of % companies is too large', cardinality(p_company_ids) USING ERRCODE = 'VG006', HINT = 'At most 1000 a call.';
  END IF;
  IF EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id = '00000000-0000-0000-0000-000000000000') THEN
    PERFORM evergreen.empty_company_contexts();
  END IF;
  RETURN evergreen.fold_company_contexts(p_company_ids);
END;
$$;
COMMENT ON FUNCTION evergreen.refresh_company_contexts(uuid[]) IS 'Puts the hashes of these companies'' contexts at hand, so that their next hits need not read the application''s tables; for those whose lookup said refresh_context. At most 1,000; ids that are gone are passed over. Returns how many were computed: 0 where attach_host() does not track changes. VG006 too many, VG007 for NULL.';
