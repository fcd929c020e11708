CREATE OR REPLACE FUNCTION evergreen.question_of(p_variant evergreen.question, p_policy evergreen.content_policies, p_input text) RETURNS evergreen.question
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_digest text;
BEGIN
  p_variant.input := evergreen.read_input(p_policy, p_input);
  v_digest := evergreen.content_hash(p_variant.input);
  p_variant.input_hash := evergreen.input_key(p_variant.variant_hash, v_digest);
  p_variant.subject_hash := evergreen.subject_of(p_policy.content_type, v_digest, p_variant.parent_id);
  RETURN p_variant;
END;
$$;
COMMENT ON FUNCTION evergreen.question_of(evergreen.question, evergreen.content_policies, text) IS 'Internal: the question that a variant asks of an input. input_hash is the hash of all that affects the answer: content type, provider, model, text of the prompt, parameters, company, user, parent and its result, and the input in its one form; subject_hash of content type, input and parent alone. VG006 and VG007 as read_input().';
