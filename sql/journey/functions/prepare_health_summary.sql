CREATE OR REPLACE FUNCTION evergreen.prepare_health_summary(p_company_id uuid, p_context_hash text, OUT state text, OUT prompt_id text, OUT prompt text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.state, p.prompt_id, p.prompt FROM evergreen.prepare_journey_prompt(p_company_id, 'health', p_context_hash, '{}') AS p
$$;
COMMENT ON FUNCTION evergreen.prepare_health_summary(uuid, text) IS 'The prompt for the business health of a company in the state p_context_hash. state ready, or context_moved. VG002 unknown company or no active prompt.';
