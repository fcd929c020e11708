CREATE OR REPLACE FUNCTION evergreen.cosine_similarity(p_a real[], p_b real[]) RETURNS real
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT LEAST(GREATEST(sum(u.a::double precision * u.b), 0), 1)::real FROM unnest(p_a, p_b) AS u (a, b)
$$;
COMMENT ON FUNCTION evergreen.cosine_similarity(real[], real[]) IS 'Internal: the cosine of two embeddings of length 1, not below 0.';
