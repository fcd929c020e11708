CREATE OR REPLACE FUNCTION evergreen.render_available(p_prompt_type text, p_variables jsonb, OUT prompt_id text, OUT prompt text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  -- A shelf offers all that it knows; a template takes what it names, and a name nobody offers is still an error.
  SELECT r.prompt_id, r.prompt
    FROM evergreen.render_prompt(p_prompt_type, (
      SELECT COALESCE(jsonb_object_agg(v.key, v.value), '{}') FROM jsonb_each(p_variables) AS v
       WHERE v.key = ANY (ARRAY(SELECT unnest(evergreen.prompt_variables(p.prompt_template))
                                  FROM evergreen.ai_generation_prompts AS p WHERE p.prompt_type = p_prompt_type AND p.active)))) AS r
$$;
COMMENT ON FUNCTION evergreen.render_available(text, jsonb) IS 'Internal: render_prompt() with those of the offered variables that the active template uses.';
