CREATE OR REPLACE FUNCTION evergreen.question_of(p_variant evergreen.question, p_policy evergreen.content_policies, p_input text) RETURNS evergreen.question
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_question evergreen.question := p_variant;
  v_digest text;
BEGIN
  v_question.input := evergreen.read_input(p_policy, p_input);
  v_digest := evergreen.content_hash(v_question.input);
  v_question.input_hash := evergreen.input_key(v_question.variant_hash, v_digest);
  v_question.subject_hash := evergreen.subject_of(p_policy.content_type, v_digest, v_question.parent_id);
  RETURN v_question;
END;
$$;
COMMENT ON FUNCTION evergreen.question_of(evergreen.question, evergreen.content_policies, text) IS 'Internal: the question that a variant asks of an input. input_hash is the hash of all that affects the answer: content type, provider, model, text of the prompt, parameters, company, user, parent and its result, and the input in its one form; subject_hash of content type, input and parent alone. VG006 and VG007 as read_input().';
