CREATE OR REPLACE FUNCTION evergreen.enable_answer_vectors(p_dimensions integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_schema name := (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector');
  v_index text := 'ai_answers_embedding_' || p_dimensions;
BEGIN
  PERFORM evergreen.require_limit('p_dimensions', p_dimensions, 2000);
  IF v_schema IS NULL THEN
    RAISE EXCEPTION 'the extension vector is not installed'
      USING ERRCODE = 'VG002', HINT = 'CREATE EXTENSION vector; without it embeddings are compared exactly, which needs no call of this function.';
  END IF;
  IF to_regclass('evergreen.' || v_index) IS NULL THEN
    EXECUTE format('CREATE INDEX %1$I ON evergreen.ai_answers USING hnsw ((embedding::%2$I.vector(%3$s)) %2$I.vector_cosine_ops) WHERE cardinality(embedding) = %3$s',
                   v_index, v_schema, p_dimensions);
    EXECUTE format('COMMENT ON INDEX evergreen.%I IS %L', v_index,
                   format('Similar inputs by embeddings of %s dimensions (cosine); made by enable_answer_vectors().', p_dimensions));
    PERFORM evergreen.audit('enable_answer_vectors', v_index, NULL, to_jsonb(p_dimensions));
  END IF;
  RETURN v_index;
END;
$$;
COMMENT ON FUNCTION evergreen.enable_answer_vectors(integer) IS 'Operator: from now on embeddings of so many dimensions are found by an HNSW index of the extension vector; returns the name of the index. Writers of ai_answers wait while it is built. Run again it changes nothing; DROP INDEX undoes it. VG002 without the extension, VG006 over 2,000 dimensions.';
