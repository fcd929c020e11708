CREATE OR REPLACE FUNCTION evergreen.recommendation_key(p_step_id uuid, p_content jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN p_step_id IS NOT NULL THEN 'step:' || p_step_id
              ELSE 'general:' || left(lower(regexp_replace(btrim(COALESCE(p_content ->> 'title', '')), E'\\s+', ' ', 'g')), 200) END
$$;
COMMENT ON FUNCTION evergreen.recommendation_key(uuid, jsonb) IS 'Internal: what tells a recommendation from the others of its company and context: its step, or without one its title. Inlined by the planner.';
