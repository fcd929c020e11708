CREATE OR REPLACE FUNCTION evergreen.context_is_refreshable(p_company_id uuid, p_content_type text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM evergreen.host_attachments AS a WHERE a.tracked)
     AND EXISTS (SELECT FROM evergreen.content_policies AS p WHERE p.content_type = p_content_type AND p.activity_granularity IS NULL)
     AND (NOT EXISTS (SELECT FROM evergreen.company_context_hashes AS h WHERE h.company_id = p_company_id)
          OR EXISTS (SELECT FROM evergreen.company_changes AS c WHERE c.company_id IN (p_company_id, '00000000-0000-0000-0000-000000000000')))
$$;
COMMENT ON FUNCTION evergreen.context_is_refreshable(uuid, text) IS 'Internal: whether refresh_company_contexts() would put at hand what a lookup of this content type had to compute.';
