CREATE OR REPLACE FUNCTION evergreen.prepare_answer(
  p_content_type text,
  p_input text,
  p_model text,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_parent_id uuid DEFAULT NULL,
  p_input_hash text DEFAULT NULL,
  OUT state text, OUT prompt_id text, OUT prompt text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_question evergreen.question;
BEGIN
  v_question := evergreen.question_of(
    evergreen.variant_of(v_policy, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id), v_policy, p_input);
  IF v_question.input_hash <> p_input_hash THEN
    state := 'context_moved';
    RETURN;
  END IF;
  state := 'ready';
  prompt_id := COALESCE(v_question.prompt_id, evergreen.remember_prompt(v_policy.prompt_type, v_question.prompt));
  prompt := evergreen.answer_prompt(v_question, v_policy, prompt_id);
END;
$$;
COMMENT ON FUNCTION evergreen.prepare_answer IS 'The prompt that asks this input, and the id of its version; a template of the caller''s own is kept as a version that is not active. The template may name {{input}}, {{parent}} and each key of an input that is an object. state ready, or context_moved: with the active prompt and the parent of now it is not the question p_input_hash (the cache_key of the lookup). Errors as lookup_answer(), and VG007 for a template that does not show the input.';
