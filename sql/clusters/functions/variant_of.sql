CREATE OR REPLACE FUNCTION evergreen.variant_of(
  p_policy evergreen.content_policies, p_model text, p_provider text, p_prompt text, p_parameters text,
  p_company_id uuid, p_user_id text, p_parent_id uuid, p_prompt_id text DEFAULT NULL
) RETURNS evergreen.question
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- All that affects an answer but its input. What is hashed here is what decides whether two questions are the same.
DECLARE
  v_parameters jsonb;
  v_prompt_id text := p_prompt_id;
  v_prompt text := p_prompt;
  v_parent evergreen.ai_answers;
  v_parent_hash text;
  v_asked text;
BEGIN
  IF p_model IS NULL OR p_model !~ E'\\S' OR p_provider IS NULL OR p_provider !~ E'\\S' THEN
    RAISE EXCEPTION 'provider and model must be named' USING ERRCODE = 'VG007', HINT = 'The answer of another model is another answer.';
  END IF;
  IF p_prompt !~ E'\\S' OR p_user_id !~ E'\\S' THEN
    RAISE EXCEPTION '% is blank', CASE WHEN p_prompt !~ E'\\S' THEN 'the prompt' ELSE 'the user' END
      USING ERRCODE = 'VG007', HINT = 'Pass NULL for the active prompt, and for an answer that all users share.';
  END IF;
  IF p_parameters <> '{}' THEN
    v_parameters := evergreen.read_json('object of parameters', p_parameters, 65536);
    IF jsonb_typeof(v_parameters) <> 'object' THEN
      RAISE EXCEPTION 'the parameters are not a JSON object' USING ERRCODE = 'VG007', HINT = 'Give e.g. {"temperature": 0}.';
    END IF;
  END IF;
  IF p_company_id IS NOT NULL THEN
    PERFORM evergreen.require_company(p_company_id);
  END IF;

  IF p_prompt IS NULL THEN
    SELECT p.id, p.prompt_template INTO v_prompt_id, v_prompt
      FROM evergreen.ai_generation_prompts AS p WHERE p.id = COALESCE(p_prompt_id, p_policy.active_prompt_id);
    IF NOT FOUND THEN
      RAISE EXCEPTION 'there is no % prompt %', CASE WHEN p_prompt_id IS NULL THEN 'active' ELSE 'such' END, COALESCE(p_prompt_id, p_policy.prompt_type)
        USING ERRCODE = 'VG002', HINT = 'Publish one with evergreen.publish_prompt(), or pass p_prompt.';
    END IF;
  END IF;

  IF p_parent_id IS NOT NULL THEN
    SELECT * INTO v_parent FROM evergreen.ai_answers AS a WHERE a.id = p_parent_id;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'there is no answer %', p_parent_id USING ERRCODE = 'VG002', HINT = 'Pass the id of a cluster, or of another answer, or NULL.';
    END IF;
    PERFORM evergreen.require_owner(v_parent, p_company_id, p_user_id);
    v_parent_hash := evergreen.content_hash(v_parent.result);
  ELSIF p_policy.content_type = 'cluster_goal' THEN
    RAISE EXCEPTION 'goals need a cluster' USING ERRCODE = 'VG007', HINT = 'Pass the id of the cluster as p_parent_id.';
  END IF;

  -- content_hash() of a list of these, its canonical text written at once. Users are told apart byte by byte, not by their Unicode form.
  v_asked := array_to_json(ARRAY[p_policy.content_type, p_provider, p_model, v_prompt, COALESCE(evergreen.canonical_json(v_parameters), '{}'), p_company_id::text,
                                 encode(convert_to(p_user_id, 'UTF8'), 'hex'), p_parent_id::text, v_parent_hash])::text;
  IF octet_length(v_asked) <> char_length(v_asked) THEN
    v_asked := evergreen.canonical_json(v_asked::jsonb);
  END IF;
  RETURN ROW(p_policy.content_type, NULL, p_provider, p_model, v_prompt_id, v_prompt, p_prompt IS NOT NULL, COALESCE(v_parameters, '{}'), p_company_id, p_user_id,
             p_parent_id, v_parent.result, v_parent.updated_at, encode(sha256(convert_to(v_asked, 'UTF8')), 'hex'), NULL, NULL)::evergreen.question;
END;
$$;
COMMENT ON FUNCTION evergreen.variant_of IS 'Internal: a question but for its input, checked: provider, model, prompt (the caller''s, that of p_prompt_id, or the active one), parameters, owner, parent. VG002 unknown company, prompt or parent, VG007 blank or malformed, VG009 a parent of another owner.';
