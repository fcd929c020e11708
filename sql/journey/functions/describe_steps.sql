CREATE OR REPLACE FUNCTION evergreen.describe_steps(p_step_ids jsonb, p_max_items integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT COALESCE(string_agg(format('- %s: %s', i.id, COALESCE(s.name, 'unnamed step')), E'\n' ORDER BY i.ordinality), '- none')
         || CASE WHEN jsonb_array_length(p_step_ids) > p_max_items THEN format(E'\n- and %s more', jsonb_array_length(p_step_ids) - p_max_items) ELSE '' END
    FROM (SELECT e.id, e.ordinality FROM jsonb_array_elements_text(p_step_ids) WITH ORDINALITY AS e (id, ordinality) LIMIT p_max_items) AS i
    LEFT JOIN evergreen.host_journey_steps AS s ON s.id = i.id::uuid
$$;
COMMENT ON FUNCTION evergreen.describe_steps(jsonb, integer) IS 'Internal: a list of step ids as lines "- id: name" for a prompt.';
