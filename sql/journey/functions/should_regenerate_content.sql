CREATE OR REPLACE FUNCTION evergreen.should_regenerate_content(p_company_id uuid, p_content_type text, p_context_hash text DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.regenerate FROM evergreen.explain_regeneration(p_company_id, p_content_type, p_context_hash) AS e
$$;
COMMENT ON FUNCTION evergreen.should_regenerate_content(uuid, text, text) IS 'The answer of explain_regeneration(): whether content must be generated anew. VG001 unknown type, VG002 unknown company. Source: seed 004_cba5aaa9e1a5292b.txt.';
