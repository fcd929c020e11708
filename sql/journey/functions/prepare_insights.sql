CREATE OR REPLACE FUNCTION evergreen.prepare_insights(
  p_company_id uuid, p_domain_id uuid, p_step_id uuid, p_limit integer, p_context_hash text, OUT state text, OUT prompt_id text, OUT prompt text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM evergreen.require_limit('p_limit', p_limit, 100);
  PERFORM evergreen.require_place(p_domain_id, p_step_id);
  SELECT p.state, p.prompt_id, p.prompt INTO state, prompt_id, prompt
    FROM evergreen.prepare_journey_prompt(p_company_id, 'insight', p_context_hash, jsonb_build_object(
      'limit', p_limit,
      'topic', COALESCE(
        (SELECT 'the step ' || COALESCE(s.name, s.id::text) FROM evergreen.host_journey_steps AS s WHERE s.id = p_step_id LIMIT 1),
        (SELECT 'the domain ' || COALESCE(d.name, d.id::text) FROM evergreen.host_journey_domains AS d WHERE d.id = p_domain_id LIMIT 1),
        'the journey as a whole'),
      'known_insights', COALESCE((
        SELECT string_agg('- ' || k.content, E'\n' ORDER BY k.generated_at DESC, k.id) FROM (
          SELECT i.id, left(i.content, 300) AS content, i.generated_at FROM evergreen.ai_generated_insights AS i
           WHERE i.company_id = p_company_id ORDER BY i.generated_at DESC, i.id LIMIT 20) AS k), '- none'))) AS p;
END;
$$;
COMMENT ON FUNCTION evergreen.prepare_insights(uuid, uuid, uuid, integer, text) IS 'The prompt for p_limit peer insights of a company in the state p_context_hash about a domain, a step, both or neither; names those it has, so that they are not said again. state ready, or context_moved. VG002 unknown company, domain or step, or no active prompt.';
