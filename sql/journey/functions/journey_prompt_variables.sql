CREATE OR REPLACE FUNCTION evergreen.journey_prompt_variables(p_company_id uuid, p_context jsonb, p_max_items integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
    'company', COALESCE((SELECT c.name FROM evergreen.host_companies AS c WHERE c.id = p_company_id LIMIT 1), 'the company'),
    'completed_steps', evergreen.describe_steps(p_context -> 'completed_steps', p_max_items),
    'in_progress_steps', evergreen.describe_steps(p_context -> 'in_progress_steps', p_max_items),
    'candidate_steps', evergreen.describe_steps((
      SELECT jsonb_agg(s.id ORDER BY s.id) FROM evergreen.host_journey_steps AS s
       WHERE NOT EXISTS (SELECT FROM evergreen.host_company_journey_steps AS c
                          WHERE c.company_id = p_company_id AND c.step_id = s.id AND c.status = 'completed')), p_max_items),
    'domain_levels', COALESCE((
      SELECT string_agg(format('- %s: %s', COALESCE(d.name, l.key), COALESCE(l.value, 'unknown')), E'\n' ORDER BY l.key)
        FROM (SELECT e.key, e.value FROM jsonb_each_text(p_context -> 'domain_levels') AS e ORDER BY e.key LIMIT p_max_items) AS l
        LEFT JOIN evergreen.host_journey_domains AS d ON d.id::text = l.key), '- none'),
    'feedback', COALESCE((
      SELECT string_agg(format('- %s: %s', COALESCE(f.content ->> 'title', 'a recommendation'), f.user_feedback::text), E'\n' ORDER BY f.generated_at DESC, f.id)
        FROM (SELECT r.id, r.content, r.user_feedback, r.generated_at FROM evergreen.ai_generated_recommendations AS r
               WHERE r.company_id = p_company_id AND r.user_feedback IS NOT NULL
               ORDER BY r.generated_at DESC, r.id LIMIT 10) AS f), '- none'))
$$;
COMMENT ON FUNCTION evergreen.journey_prompt_variables(uuid, jsonb, integer) IS 'Internal: what prompts of the journey may name: company, completed_steps, in_progress_steps, candidate_steps, domain_levels, feedback; lists of at most p_max_items lines.';
