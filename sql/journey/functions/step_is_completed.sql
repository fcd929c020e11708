CREATE OR REPLACE FUNCTION evergreen.step_is_completed(p_company_id uuid, p_step_id uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM evergreen.host_company_journey_steps AS s
                  WHERE s.company_id = p_company_id AND s.step_id = p_step_id AND s.status = 'completed')
$$;
COMMENT ON FUNCTION evergreen.step_is_completed(uuid, uuid) IS 'Internal: whether the company has completed a step; false for NULL.';
