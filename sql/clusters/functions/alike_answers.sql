CREATE OR REPLACE FUNCTION evergreen.alike_answers(p_question evergreen.question, p_candidates integer) RETURNS TABLE (id uuid, similarity real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_words text := evergreen.input_words(p_question.input);
  v_trigrams text[];
  v_schema name := (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
BEGIN
  IF v_schema IS NULL THEN
    v_trigrams := evergreen.trigrams(v_words);
    RETURN QUERY
    SELECT n.id, evergreen.trigram_similarity(v_trigrams, n.input_text)
      FROM (SELECT a.id, a.input_text FROM evergreen.ai_answers AS a
             WHERE a.variant_hash = p_question.variant_hash AND a.input_hash <> p_question.input_hash
             ORDER BY a.generated_at DESC LIMIT p_candidates) AS n;
    RETURN;
  END IF;
  RETURN QUERY EXECUTE format(
    'SELECT n.id, %I.similarity($1, n.input_text)
       FROM (SELECT a.id, a.input_text FROM evergreen.ai_answers AS a
              WHERE a.variant_hash = $2 AND a.input_hash <> $3 ORDER BY a.generated_at DESC LIMIT $4) AS n', v_schema)
    USING v_words, p_question.variant_hash, p_question.input_hash, p_candidates;
END;
$$;
COMMENT ON FUNCTION evergreen.alike_answers(evergreen.question, integer) IS 'Internal: the p_candidates newest answers of a variant by the trigram similarity of their inputs: that of pg_trgm where it is installed, else our own of the same definition.';
