CREATE OR REPLACE FUNCTION evergreen.journey_content(p_company_id uuid, p_content_type text)
RETURNS TABLE (context_hash text, generated_at timestamptz, expires_at timestamptz, schema_version integer, usable boolean, completed boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CASE p_content_type
    WHEN 'recommendation' THEN RETURN QUERY
      SELECT r.context_hash, r.generated_at, r.expires_at, r.schema_version,
             r.status IN ('fresh', 'active') AND s.step_id IS NULL, r.status = 'completed' OR s.step_id IS NOT NULL
        FROM evergreen.ai_generated_recommendations AS r
        LEFT JOIN (SELECT DISTINCT d.step_id FROM evergreen.host_company_journey_steps AS d
                    WHERE d.company_id = p_company_id AND d.status = 'completed') AS s ON s.step_id = r.step_id
       WHERE r.company_id = p_company_id;
    WHEN 'insight' THEN RETURN QUERY
      SELECT i.context_hash, i.generated_at, i.expires_at, i.schema_version, i.invalidated_at IS NULL, false
        FROM evergreen.ai_generated_insights AS i WHERE i.company_id = p_company_id;
    WHEN 'health' THEN RETURN QUERY
      SELECT h.context_hash, h.generated_at, h.expires_at, h.schema_version, h.invalidated_at IS NULL, false
        FROM evergreen.ai_business_health_summaries AS h WHERE h.company_id = p_company_id;
    ELSE
      RAISE EXCEPTION 'the journey holds no %', COALESCE(quote_literal(p_content_type), 'NULL')
        USING ERRCODE = 'VG001', HINT = 'Its content types are recommendation, insight and health.';
  END CASE;
END;
$$;
COMMENT ON FUNCTION evergreen.journey_content(uuid, text) IS 'Internal: what a company has of one content type of the journey, a row each. VG001 for another type.';
