CREATE OR REPLACE FUNCTION evergreen.questions_of(p_variant evergreen.question, p_policy evergreen.content_policies, p_inputs text[])
RETURNS TABLE (ordinal integer, input jsonb, input_hash text, subject_hash text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1000 AS $$
DECLARE
  v_inputs jsonb[] := evergreen.read_jsons('input', p_inputs, p_policy.max_bytes);
BEGIN
  IF p_policy.content_type = 'cluster' THEN
    v_inputs := ARRAY(SELECT evergreen.cluster_input(i.input) FROM unnest(v_inputs) WITH ORDINALITY AS i (input, ordinality) ORDER BY i.ordinality);
  END IF;
  RETURN QUERY
  SELECT i.ordinality::integer, i.input, evergreen.input_key(p_variant.variant_hash, i.digest),
         evergreen.subject_of(p_policy.content_type, i.digest, p_variant.parent_id)
    FROM unnest(v_inputs, evergreen.content_hashes(v_inputs)) WITH ORDINALITY AS i (input, digest, ordinality);
END;
$$;
COMMENT ON FUNCTION evergreen.questions_of(evergreen.question, evergreen.content_policies, text[]) IS 'Internal: question_of() for each of some inputs asked in the same way: what differs from one to the other, in their order.';
