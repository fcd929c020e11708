CREATE OR REPLACE FUNCTION evergreen.company_context_hash(p_company_id uuid, p_content_type text DEFAULT 'recommendation') RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  v_hash text;
BEGIN
  SELECT h.context_hash INTO v_hash
    FROM evergreen.context_at_hand(p_company_id) AS h
   WHERE EXISTS (SELECT FROM evergreen.content_policies AS p WHERE p.content_type = p_content_type AND p.activity_granularity IS NULL);
  RETURN COALESCE(v_hash, evergreen.context_hash_of(evergreen.company_context(p_company_id), p_content_type));
END;
$$;
COMMENT ON FUNCTION evergreen.company_context_hash(uuid, text) IS 'Hash of the significant state of a company now (64 hex digits), by the policy of a content type. A click alone does not change it; a step or a level does. At hand where changes are tracked (attach_host()), else computed. Writes nothing. VG002 for a company the application does not have.';
