CREATE OR REPLACE FUNCTION evergreen.asked_as(
  p_content_type text, p_input text, p_model text, p_provider text, p_prompt text, p_prompt_id text, p_parameters text,
  p_company_id uuid, p_user_id text, p_parent_id uuid, p_parent_updated_at timestamptz
) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT sha256(convert_to(evergreen.asked_text(p_content_type, p_input, p_model, p_provider, p_prompt, p_prompt_id, p_parameters,
                                                p_company_id, p_user_id, p_parent_id, p_parent_updated_at), 'UTF8'))
$$;
COMMENT ON FUNCTION evergreen.asked_as IS 'Internal: SHA-256 of all that question_of() reads, letter by letter: the same text is the same question, another text may still be. p_prompt is the caller''s own template; without one p_prompt_id, the version that is used, is meant. Inlined by the planner.';
