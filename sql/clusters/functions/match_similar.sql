CREATE OR REPLACE FUNCTION evergreen.match_similar(
  p_question evergreen.question, p_policy evergreen.content_policies, p_embedding real[], p_embedding_model text,
  p_threshold real, p_checks text[], p_candidates integer, p_now timestamptz
) RETURNS TABLE (id uuid, similarity real, method text, input jsonb, result jsonb, freshness text, agrees boolean, disagreement text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_threshold real := COALESCE(p_threshold, p_policy.similarity_threshold);
  v_words text := evergreen.input_words(p_question.input);
  v_shape text[] := evergreen.input_shape(p_question.input);
BEGIN
  PERFORM evergreen.inputs_agree('', '', p_checks);
  IF v_threshold IS NULL OR v_threshold NOT BETWEEN 0 AND 1 THEN
    RAISE EXCEPTION 'similarity threshold % is none', COALESCE(v_threshold::text, 'NULL')
      USING ERRCODE = 'VG007', HINT = 'Pass p_threshold from 0 to 1, or set similarity_threshold with evergreen.set_content_policy().';
  END IF;
  RETURN QUERY
  SELECT a.id, s.similarity, s.method, a.input, a.result,
         evergreen.freshness(a.generated_at, a.expires_at, a.invalidated_at IS NULL AND a.schema_version = p_policy.schema_version,
                             p_policy.max_age, p_policy.stale_while_revalidate, p_now),
         c.disagreement IS NULL, c.disagreement
    FROM (SELECT n.id, n.similarity, 'embedding' AS method
            FROM evergreen.nearest_answers(p_question, p_embedding, p_embedding_model, p_candidates) AS n WHERE p_embedding IS NOT NULL
          UNION ALL
          SELECT t.id, t.similarity, 'trigram' FROM evergreen.alike_answers(p_question, p_candidates) AS t WHERE p_embedding IS NULL) AS s
    JOIN evergreen.ai_answers AS a ON a.id = s.id
   CROSS JOIN LATERAL (
     SELECT CASE WHEN 'structure' = ANY (p_checks) AND evergreen.input_shape(a.input) <> v_shape THEN 'structure'
                 ELSE (evergreen.inputs_agree(v_words, a.input_text, p_checks)).disagreement END AS disagreement) AS c
   WHERE s.similarity >= v_threshold;
END;
$$;
COMMENT ON FUNCTION evergreen.match_similar IS 'Internal: the answers of the same variant (model, prompt, parameters, owner, parent) whose input is similar, and whether the checks let them pass.';
