CREATE OR REPLACE FUNCTION evergreen.generate_company_context_hash(p_company_id uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_context jsonb;
  v_hash text;
BEGIN
  PERFORM evergreen.require_company(p_company_id);
  v_context := evergreen.company_context(p_company_id);
  v_hash := evergreen.context_hash_of(v_context, 'recommendation');
  PERFORM evergreen.record_context_snapshot(p_company_id, v_hash, v_context, clock_timestamp());
  PERFORM evergreen.fold_company_contexts(ARRAY[p_company_id]);
  RETURN v_hash;
END;
$$;
COMMENT ON FUNCTION evergreen.generate_company_context_hash(uuid) IS 'company_context_hash(), and keeps the state in ai_context_snapshots. VG002 for a company the application does not have. Source: seed 004_cba5aaa9e1a5292b.txt.';
