CREATE OR REPLACE FUNCTION evergreen.answer_prompts(
  p_variant evergreen.question, p_policy evergreen.content_policies, p_inputs jsonb[], p_prompt_id text
) RETURNS TABLE (ordinal integer, prompt text, error text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1000 AS $$
-- Inputs that have all that the template names are put into it here, all in one statement; what is to be said of another, answer_prompt() says.
DECLARE
  v_question evergreen.question := p_variant;
  v_wanted text[] := evergreen.prompt_variables(p_variant.prompt);
  v_keys text[] := ARRAY(SELECT w FROM unnest(v_wanted) AS w WHERE w <> 'input' AND (w <> 'parent' OR p_variant.parent_id IS NULL));
  v_max_bytes bigint := (SELECT max(c.max_prompt_tokens) * 4::bigint FROM evergreen.content_policies AS c WHERE c.prompt_type = p_policy.prompt_type);
  v_row record;
BEGIN
  FOR v_row IN
    WITH parts AS MATERIALIZED (SELECT * FROM evergreen.template_parts(p_variant.prompt))
    SELECT i.ordinality::integer AS n, i.input,
           CASE WHEN CASE WHEN v_keys = '{}' THEN 'input' = ANY (v_wanted) ELSE jsonb_typeof(i.input) = 'object' AND i.input ?& v_keys END THEN (
             SELECT string_agg(CASE WHEN p.place IS NULL THEN p.literal
                                    WHEN p.place = 'input' THEN COALESCE(i.input #>> '{}', '')
                                    WHEN p.place = 'parent' AND p_variant.parent_id IS NOT NULL THEN COALESCE(p_variant.parent_result #>> '{}', '')
                                    ELSE COALESCE(i.input ->> p.place, '') END, '' ORDER BY p.ordinal)
               FROM parts AS p) END AS filled
      FROM unnest(p_inputs) WITH ORDINALITY AS i (input, ordinality)
  LOOP
    ordinal := v_row.n;
    prompt := v_row.filled;
    error := NULL;
    IF prompt IS NULL OR octet_length(prompt) > v_max_bytes THEN
      BEGIN
        v_question.input := v_row.input;
        prompt := evergreen.answer_prompt(v_question, p_policy, p_prompt_id);
      EXCEPTION WHEN SQLSTATE 'VG006' OR SQLSTATE 'VG007' THEN
        prompt := NULL;
        error := SQLERRM;
      END;
    END IF;
    RETURN NEXT;
  END LOOP;
END;
$$;
COMMENT ON FUNCTION evergreen.answer_prompts(evergreen.question, evergreen.content_policies, jsonb[], text) IS 'Internal: answer_prompt() for each of some inputs asked in the same way; in error why there is none.';
