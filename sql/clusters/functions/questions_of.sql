CREATE OR REPLACE FUNCTION evergreen.questions_of(p_variant evergreen.question, p_inputs jsonb[])
RETURNS TABLE (ordinal integer, input_hash text, subject_hash text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT d.ordinality::integer, evergreen.input_key(p_variant.variant_hash, d.digest),
         evergreen.subject_of(p_variant.content_type, d.digest, p_variant.parent_id)
    FROM unnest(evergreen.content_hashes(p_inputs)) WITH ORDINALITY AS d (digest, ordinality)
$$;
COMMENT ON FUNCTION evergreen.questions_of(evergreen.question, jsonb[]) IS 'Internal: the hashes of question_of() for each of some inputs asked in the same way, which read_inputs() has read, in their order. Inlined by the planner.';
