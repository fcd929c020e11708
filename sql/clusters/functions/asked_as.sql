CREATE OR REPLACE FUNCTION evergreen.asked_as(
  p_content_type text, p_input text, p_model text, p_provider text, p_prompt text, p_prompt_id text, p_parameters text,
  p_company_id uuid, p_user_id text, p_parent_id uuid, p_parent_updated_at timestamptz
) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  -- Every part but the last is quoted, so that no two questions have one text. The parent's result is meant by the moment of its last change.
  SELECT sha256(convert_to(format('%L %L %L %L %L %L %L %L %L %L %s', p_content_type, p_model, p_provider, p_prompt,
                                  CASE WHEN p_prompt IS NULL THEN p_prompt_id END, COALESCE(p_parameters, '{}'),
                                  p_company_id, p_user_id, p_parent_id, extract(epoch FROM p_parent_updated_at), p_input), 'UTF8'))
$$;
COMMENT ON FUNCTION evergreen.asked_as IS 'Internal: SHA-256 of all that question_of() reads, letter by letter: the same text is the same question, another text may still be. p_prompt is the caller''s own template; without one p_prompt_id, the version that is used, is meant. Inlined by the planner.';
