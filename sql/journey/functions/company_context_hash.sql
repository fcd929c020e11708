CREATE OR REPLACE FUNCTION evergreen.company_context_hash(p_company_id uuid, p_content_type text DEFAULT 'recommendation') RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN evergreen.context_hash_of(evergreen.company_context(p_company_id), p_content_type);
END;
$$;
COMMENT ON FUNCTION evergreen.company_context_hash(uuid, text) IS 'Hash of the significant state of a company now (64 hex digits), by the policy of a content type. A click alone does not change it; a step or a level does. Writes nothing. VG002 for a company the application does not have.';
