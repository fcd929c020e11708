CREATE OR REPLACE FUNCTION evergreen.find_similar_clusters(
  p_input text,
  p_model text,
  p_provider text DEFAULT 'openai',
  p_prompt text DEFAULT NULL,
  p_parameters text DEFAULT '{}',
  p_company_id uuid DEFAULT NULL,
  p_user_id text DEFAULT NULL,
  p_embedding real[] DEFAULT NULL,
  p_embedding_model text DEFAULT NULL,
  p_threshold real DEFAULT NULL,
  p_checks text[] DEFAULT '{numbers,negations,entities,order,structure}',
  p_limit integer DEFAULT 5,
  p_candidates integer DEFAULT 1000,
  p_now timestamptz DEFAULT NULL
) RETURNS TABLE (id uuid, similarity real, method text, input jsonb, result jsonb, freshness text, agrees boolean, disagreement text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.* FROM evergreen.find_similar_answers('cluster', p_input, p_model, p_provider, p_prompt, p_parameters, p_company_id, p_user_id, NULL,
                    p_embedding, p_embedding_model, p_threshold, p_checks, p_limit, p_candidates, p_now) AS s
$$;
COMMENT ON FUNCTION evergreen.find_similar_clusters IS 'Clusters of items that are nearly the same. As find_similar_answers(). Source: seed 000_88d03718946c83a1.txt, partial matching.';
