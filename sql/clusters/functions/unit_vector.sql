CREATE OR REPLACE FUNCTION evergreen.unit_vector(p_embedding real[], p_embedding_model text) RETURNS real[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_length double precision;
BEGIN
  IF p_embedding IS NULL THEN
    RETURN NULL;
  END IF;
  IF p_embedding_model IS NULL OR p_embedding_model !~ E'\\S' THEN
    RAISE EXCEPTION 'the model of the embedding is not named' USING ERRCODE = 'VG007', HINT = 'Embeddings of two models cannot be compared: pass p_embedding_model.';
  END IF;
  IF array_ndims(p_embedding) IS DISTINCT FROM 1 OR cardinality(p_embedding) > 4096 OR array_position(p_embedding, NULL) IS NOT NULL THEN
    RAISE EXCEPTION 'the embedding is not a list of numbers' USING ERRCODE = 'VG007', HINT = 'Give 1 to 4096 numbers, none of them NULL.';
  END IF;
  SELECT sqrt(sum(e::double precision * e)) INTO v_length FROM unnest(p_embedding) AS e;
  IF v_length = 0 OR v_length IN ('NaN', 'Infinity') THEN
    RAISE EXCEPTION 'the embedding has no direction' USING ERRCODE = 'VG007', HINT = 'Its numbers are all 0, or not finite.';
  END IF;
  RETURN ARRAY(SELECT (u.e / v_length)::real FROM unnest(p_embedding) WITH ORDINALITY AS u (e, n) ORDER BY u.n);
END;
$$;
COMMENT ON FUNCTION evergreen.unit_vector(real[], text) IS 'Internal: an embedding scaled to length 1, so that the cosine of two is the sum of their products; NULL for NULL. VG007 for one that has none.';
