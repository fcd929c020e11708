CREATE OR REPLACE FUNCTION evergreen.nearest_answers(p_question evergreen.question, p_embedding real[], p_embedding_model text, p_candidates integer)
RETURNS TABLE (id uuid, similarity real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_unit real[] := evergreen.unit_vector(p_embedding, p_embedding_model);
  v_dimensions integer := cardinality(p_embedding);
  v_schema name := evergreen.vector_schema(cardinality(p_embedding));
BEGIN
  IF v_schema IS NULL THEN
    RETURN QUERY
    SELECT n.id, evergreen.cosine_similarity(n.embedding, v_unit)
      FROM (SELECT a.id, a.embedding FROM evergreen.ai_answers AS a
             WHERE a.variant_hash = p_question.variant_hash AND a.input_hash <> p_question.input_hash
               AND a.embedding_model = p_embedding_model AND cardinality(a.embedding) = v_dimensions
             ORDER BY a.generated_at DESC LIMIT p_candidates) AS n;
    RETURN;
  END IF;
  -- The index knows nothing of variants: it is asked on until enough of this one are found, where pgvector can (0.8).
  PERFORM set_config('hnsw.ef_search', '100', true), set_config('hnsw.iterative_scan', 'strict_order', true)
     FROM pg_extension AS e WHERE e.extname = 'vector' AND string_to_array(e.extversion, '.')::integer[] >= '{0,8}';
  RETURN QUERY EXECUTE format(
    'SELECT n.id, LEAST(GREATEST(1 - n.distance, 0), 1)::real
       FROM (SELECT a.id, a.embedding::%1$I.vector(%2$s) OPERATOR(%1$I.<=>) $1::%1$I.vector(%2$s) AS distance
               FROM evergreen.ai_answers AS a
              WHERE cardinality(a.embedding) = %2$s AND a.embedding_model = $2 AND a.variant_hash = $3 AND a.input_hash <> $4
              ORDER BY a.embedding::%1$I.vector(%2$s) OPERATOR(%1$I.<=>) $1::%1$I.vector(%2$s) LIMIT 50) AS n', v_schema, v_dimensions)
    USING v_unit, p_embedding_model, p_question.variant_hash, p_question.input_hash;
END;
$$;
COMMENT ON FUNCTION evergreen.nearest_answers(evergreen.question, real[], text, integer) IS 'Internal: answers of a variant by the cosine of their embeddings: the 50 nearest by the HNSW index where enable_answer_vectors() made one, else the p_candidates newest, exactly.';
