CREATE OR REPLACE FUNCTION evergreen.find_similar_answers(
  p_content_type text,
  p_input text,
  p_model text,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_parent_id uuid DEFAULT NULL,
  p_embedding real[] DEFAULT NULL,
  p_embedding_model text DEFAULT NULL,
  p_threshold real DEFAULT NULL,
  p_checks text[] DEFAULT '{numbers,negations,entities,order,structure}',
  p_limit integer DEFAULT 5,
  p_candidates integer DEFAULT 1000,
  p_now timestamptz DEFAULT NULL
) RETURNS TABLE (id uuid, similarity real, method text, input jsonb, result jsonb, freshness text, agrees boolean, disagreement text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_policy evergreen.content_policies := evergreen.policy(p_content_type);
  v_question evergreen.question;
BEGIN
  PERFORM evergreen.require_limit('p_limit', p_limit, 100);
  PERFORM evergreen.require_limit('p_candidates', p_candidates, 1000000);
  v_question := evergreen.question_of(
    evergreen.variant_of(v_policy, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, p_parent_id), v_policy, p_input);
  RETURN QUERY
  SELECT m.* FROM evergreen.match_similar(v_question, v_policy, p_embedding, p_embedding_model, p_threshold, p_checks, p_candidates,
                                          COALESCE(p_now, clock_timestamp())) AS m
   ORDER BY m.similarity DESC, m.id LIMIT p_limit;
END;
$$;
COMMENT ON FUNCTION evergreen.find_similar_answers IS 'Answers to inputs that are nearly the same, most similar first, never those of another owner, model, prompt or parameters: by the cosine of embeddings when p_embedding is given (with the model that made it), else by the trigram similarity of their words. p_threshold NULL: the policy''s. agrees: whether p_checks (see inputs_agree(); structure: the same keys, and values of true, false and null) let it pass; disagreement names the one that does not. The HNSW index of enable_answer_vectors() answers for all; without it the p_candidates newest are compared. Writes nothing. VG007 without a threshold.';
