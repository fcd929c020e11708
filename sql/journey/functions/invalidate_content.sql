CREATE OR REPLACE FUNCTION evergreen.invalidate_content(p_company_id uuid, p_content_type text DEFAULT NULL, p_now timestamptz DEFAULT NULL)
RETURNS TABLE (content_type text, invalidated integer, generating integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := COALESCE(p_now, clock_timestamp());
  v_types text[] := CASE WHEN p_content_type IS NULL THEN ARRAY['health', 'insight', 'recommendation'] ELSE ARRAY[p_content_type] END;
  v_generating integer[] := ARRAY[]::integer[];
BEGIN
  PERFORM evergreen.require_company(p_company_id);
  IF p_content_type IS NOT NULL THEN
    PERFORM FROM evergreen.journey_content(p_company_id, p_content_type) LIMIT 1;
  END IF;
  -- LOCK: first what is being generated, of all types, then the company as a save does it, then what is there, by id as everybody locks it:
  -- nothing is saved as fresh in between.
  FOREACH content_type IN ARRAY v_types LOOP
    v_generating := v_generating || evergreen.invalidate_leases(content_type, p_company_id);
  END LOOP;
  PERFORM evergreen.hold_host(p_company_id, NULL, NULL);
  FOREACH content_type IN ARRAY v_types LOOP
    generating := v_generating[array_position(v_types, content_type)];
    CASE content_type
      WHEN 'recommendation' THEN
        PERFORM FROM evergreen.ai_generated_recommendations AS r WHERE r.company_id = p_company_id AND r.status IN ('fresh', 'active') ORDER BY r.id FOR NO KEY UPDATE;
        UPDATE evergreen.ai_generated_recommendations AS r SET status = 'stale' WHERE r.company_id = p_company_id AND r.status IN ('fresh', 'active');
      WHEN 'insight' THEN
        PERFORM FROM evergreen.ai_generated_insights AS i WHERE i.company_id = p_company_id AND i.invalidated_at IS NULL ORDER BY i.id FOR NO KEY UPDATE;
        UPDATE evergreen.ai_generated_insights AS i SET invalidated_at = v_now WHERE i.company_id = p_company_id AND i.invalidated_at IS NULL;
      WHEN 'health' THEN
        PERFORM FROM evergreen.ai_business_health_summaries AS h WHERE h.company_id = p_company_id AND h.invalidated_at IS NULL ORDER BY h.id FOR NO KEY UPDATE;
        UPDATE evergreen.ai_business_health_summaries AS h SET invalidated_at = v_now WHERE h.company_id = p_company_id AND h.invalidated_at IS NULL;
    END CASE;
    GET DIAGNOSTICS invalidated = ROW_COUNT;
    RETURN NEXT;
  END LOOP;
  PERFORM evergreen.audit('invalidate_content', p_company_id::text, NULL, to_jsonb(p_content_type));
END;
$$;
COMMENT ON FUNCTION evergreen.invalidate_content(uuid, text, timestamptz) IS 'What was generated for a company (of one content type of the journey, or all) is no longer right: it is generated anew when next asked for, and shown until then only if that fails. What is being generated meanwhile is saved as stale. Returns how many rows and running generations, a row a type; audited. VG001 unknown type, VG002 unknown company.';
