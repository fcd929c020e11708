CREATE OR REPLACE FUNCTION evergreen.prepare_recommendations(
  p_company_id uuid, p_limit integer, p_context_hash text, OUT state text, OUT prompt_id text, OUT prompt text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM evergreen.require_limit('p_limit', p_limit, 100);
  SELECT p.state, p.prompt_id, p.prompt INTO state, prompt_id, prompt
    FROM evergreen.prepare_journey_prompt(p_company_id, 'recommendation', p_context_hash, jsonb_build_object('limit', p_limit)) AS p;
END;
$$;
COMMENT ON FUNCTION evergreen.prepare_recommendations(uuid, integer, text) IS 'The prompt for p_limit recommendations of a company in the state p_context_hash, which is kept as a snapshot. state ready, or context_moved: the company changed since the lookup, begin again. VG002 unknown company or no active prompt.';
