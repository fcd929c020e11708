CREATE OR REPLACE FUNCTION evergreen.asked_text(
  p_content_type text, p_input text, p_model text, p_provider text, p_prompt text, p_prompt_id text, p_parameters text,
  p_company_id uuid, p_user_id text, p_parent_id uuid, p_parent_updated_at timestamptz
) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  -- Every part but the last is quoted, so that no two questions have one text. The parent's result is meant by the moment of its last change.
  SELECT format('%L %L %L %L %L %L %L %L %L %L %s', p_content_type, p_model, p_provider, p_prompt,
                CASE WHEN p_prompt IS NULL THEN p_prompt_id END, COALESCE(p_parameters, '{}'),
                p_company_id, p_user_id, p_parent_id, extract(epoch FROM p_parent_updated_at), p_input)
$$;
COMMENT ON FUNCTION evergreen.asked_text IS 'Internal: all that question_of() reads, letter by letter, the input last: that of an empty input begins that of every other. See asked_as(). Inlined by the planner.';
