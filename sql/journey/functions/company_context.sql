CREATE OR REPLACE FUNCTION evergreen.company_context(p_company_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
-- One statement, so one snapshot of the application. Lists are sorted, times are UTC: the same state gives
-- the same text whatever the order of rows or the session's settings.
DECLARE
  v_context jsonb;
BEGIN
  SELECT jsonb_build_object(
      'completed_steps', COALESCE((SELECT jsonb_agg(s.step_id ORDER BY s.step_id) FROM evergreen.host_company_journey_steps AS s
                                    WHERE s.company_id = p_company_id AND s.status = 'completed'), '[]'),
      'in_progress_steps', COALESCE((SELECT jsonb_agg(s.step_id ORDER BY s.step_id) FROM evergreen.host_company_journey_steps AS s
                                      WHERE s.company_id = p_company_id AND s.status = 'in_progress'), '[]'),
      'other_steps', COALESCE((SELECT jsonb_object_agg(o.status, o.steps) FROM (
                                 SELECT COALESCE(s.status, '') AS status, jsonb_agg(s.step_id ORDER BY s.step_id) AS steps
                                   FROM evergreen.host_company_journey_steps AS s
                                  WHERE s.company_id = p_company_id AND s.status IS DISTINCT FROM 'completed' AND s.status IS DISTINCT FROM 'in_progress'
                                  GROUP BY 1) AS o), '{}'),
      'domain_levels', COALESCE((SELECT jsonb_object_agg(d.domain_id, d.maturity_level ORDER BY d.domain_id, d.maturity_level COLLATE "C")
                                   FROM evergreen.host_company_domain_progress AS d
                                  WHERE d.company_id = p_company_id AND d.domain_id IS NOT NULL), '{}'),
      'last_activity', (SELECT to_char(max(a.last_activity_timestamp) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                          FROM evergreen.host_step_activity AS a WHERE a.company_id = p_company_id))
    INTO v_context;
  IF v_context = '{"completed_steps": [], "in_progress_steps": [], "other_steps": {}, "domain_levels": {}, "last_activity": null}'::jsonb THEN
    PERFORM evergreen.require_company(p_company_id);
  END IF;
  RETURN v_context;
END;
$$;
COMMENT ON FUNCTION evergreen.company_context(uuid) IS 'State of a company as the application has it now: {completed_steps: [id], in_progress_steps: [id], other_steps: {status: [id]}, domain_levels: {domain id: level}, last_activity: UTC time}, sorted. VG002 for a company the application does not have. Source: seed 004_cba5aaa9e1a5292b.txt.';
