CREATE OR REPLACE FUNCTION evergreen.vector_schema(p_dimensions integer) RETURNS name
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
   WHERE e.extname = 'vector' AND to_regclass('evergreen.ai_answers_embedding_' || p_dimensions) IS NOT NULL
$$;
COMMENT ON FUNCTION evergreen.vector_schema(integer) IS 'Internal: the schema of the extension vector when enable_answer_vectors() was called for embeddings of so many dimensions; NULL when not.';
