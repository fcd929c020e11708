CREATE OR REPLACE FUNCTION evergreen.answer_prompt(p_question evergreen.question, p_policy evergreen.content_policies, p_prompt_id text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Offered are input, parent and, of an input that is an object, its keys; a template takes what it names.
DECLARE
  v_wanted text[] := evergreen.prompt_variables(p_question.prompt);
  v_keys jsonb := CASE jsonb_typeof(p_question.input) WHEN 'object' THEN p_question.input ELSE '{}' END;
  v_offered jsonb := v_keys || jsonb_build_object('input', p_question.input)
    || CASE WHEN p_question.parent_id IS NOT NULL THEN jsonb_build_object('parent', p_question.parent_result) ELSE '{}' END;
BEGIN
  IF p_question.input NOT IN ('{}', 'null', '[]', '""')
     AND NOT (v_wanted && ('input'::text || ARRAY(SELECT k FROM jsonb_object_keys(v_keys) AS k))) THEN
    RAISE EXCEPTION 'the prompt % never shows the input', p_prompt_id
      USING ERRCODE = 'VG007', HINT = 'Name {{input}}, or keys of the input: {{key}}.';
  END IF;
  RETURN evergreen.fill_template(p_policy.prompt_type, p_prompt_id, p_question.prompt,
    (SELECT COALESCE(jsonb_object_agg(v.key, v.value), '{}') FROM jsonb_each(v_offered) AS v WHERE v.key = ANY (v_wanted)));
END;
$$;
COMMENT ON FUNCTION evergreen.answer_prompt(evergreen.question, evergreen.content_policies, text) IS 'Internal: the prompt of a question. VG007 for a template that names what is not offered, or nothing of the input.';
